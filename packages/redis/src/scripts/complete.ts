import {
  CLAIM_FROM_FINGERPRINT,
  CLAIM_TO_TOKEN,
  digits,
  GET_HEAD,
  MAGIC,
  PARSE_HEAD,
  RECORD_KEPT,
  TOKEN_PLACE,
  tillAfter,
  UNTIL_OFFSET,
} from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: the holder as a claim's line names it, value, how long the key is kept (ms), the end of the
 * completed record's line. What its holder completes in time needs no more than a look at the places
 * where a claim has its parts.
 *
 * A claim that was admitted may record its result when the server is full: the work is done, and
 * refusing it would have it done again. Redis asks for memory only before a script's first write,
 * so a write that needs none goes first.
 *
 * A repetition changes nothing; but WAIT only counts what its own connection wrote. So with replicas
 * it writes the expiry that is there, for a repetition on another connection.
 *
 * @param wake statements that tell who waits for the key
 */
export function complete(wake: string, forWait: boolean): Script {
  const onRepetition = forWait
    ? "redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(ends / 1000) + 1))"
    : '';
  return script(`${GET_HEAD}
if string.find(r, ARGV[1], ${TOKEN_PLACE}, true) == ${TOKEN_PLACE}
  and string.find(r, '${CLAIM_TO_TOKEN}')
  and string.find(r, '${CLAIM_FROM_FINGERPRINT}', ${TOKEN_PLACE} + #ARGV[1])
  and tonumber(string.sub(r, ${UNTIL_OFFSET + 1}, 28)) > now then
  ${tillAfter('ARGV[3]', RECORD_KEPT)}
  local record = '${MAGIC}' .. ${digits('till')} .. ' completed' .. string.sub(r, 37, 59) .. ARGV[1] .. string.sub(r, ${TOKEN_PLACE} + #ARGV[1], -2) .. ARGV[4] .. ARGV[2]
  local done = redis.pcall('SET', KEYS[1], record, 'PX', ARGV[3])
  if done.err then
    if not string.find(done.err, 'OOM', 1, true) then return done end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    redis.call('SET', KEYS[1], record, 'PX', ARGV[3])
  end
  ${wake}return '1'
end
${PARSE_HEAD}
if state == 'completed' and ends > now and ' token=' .. token .. ' fingerprint=' == ARGV[1] then
  ${onRepetition}
  return '1'
end
return '0'
`);
}
