import { completed, READ_HEAD } from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: token, value, ttl (ms), how long the key stays (ms), '1' when a repetition must write too.
 *
 * A claim that was admitted may record its result when the server is full: the work is done, and
 * refusing it would have it done again. Redis asks for memory only before a script's first write,
 * so a write that needs none goes first. A repetition changes nothing, but WAIT only counts what
 * its own connection wrote, so with replicas asked for it writes the expiry that is there.
 */
export const COMPLETE: Script = script(`${READ_HEAD}
if state == 'claimed' and ends > now and token == ARGV[1] then
  local record = ${completed('now + ARGV[3] * 1000', 'fence', 'token', 'fingerprint', 'ARGV[2]')}
  local done = redis.pcall('SET', KEYS[1], record, 'PX', ARGV[4])
  if done.err then
    if not string.find(done.err, 'OOM', 1, true) then return done end
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
    redis.call('SET', KEYS[1], record, 'PX', ARGV[4])
  end
  return '1'
end
if state == 'completed' and ends > now and token == ARGV[1] then
  if ARGV[5] == '1' then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(ends / 1000) + 1)) end
  return '1'
end
return '0'
`);
