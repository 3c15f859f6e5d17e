import { completed, endsAfter, READ_HEAD, RECORD_KEPT } from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: token, value, how long the key is kept (ms).
 *
 * A claim that was admitted may record its result when the server is full: the work is done, and
 * refusing it would have it done again. Redis asks for memory only before a script's first write,
 * so a write that needs none goes first.
 */
export const COMPLETE: Script = script(complete(''));

/**
 * A repetition changes nothing; but WAIT only counts what its own connection wrote. So this one
 * writes the expiry that is there, for a repetition on another connection.
 */
export const COMPLETE_FOR_WAIT: Script = script(
  complete("redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(ends / 1000) + 1))"),
);

function complete(onRepetition: string): string {
  const record = completed(
    endsAfter('ARGV[3]', RECORD_KEPT),
    'fence',
    'token',
    'fingerprint',
    'ARGV[2]',
  );
  return `${READ_HEAD}
if state == 'claimed' and ends > now and token == ARGV[1] then
  local record = ${record}
  local done = redis.pcall('SET', KEYS[1], record, 'PX', ARGV[3])
  if done.err then
    if not string.find(done.err, 'OOM', 1, true) then return done end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    redis.call('SET', KEYS[1], record, 'PX', ARGV[3])
  end
  return '1'
end
if state == 'completed' and ends > now and token == ARGV[1] then
  ${onRepetition}
  return '1'
end
return '0'
`;
}
