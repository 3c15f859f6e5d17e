import {
  CLAIM_KEPT,
  CLOCK,
  digits,
  MAGIC,
  PARSE_WHOLE,
  tillAfter,
  UNTIL_OFFSET,
} from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: the rest of the claim's line, which begins with its token; how long the key is kept (ms).
 *
 * Answers the whole record when it is completed; `P<ms> <fingerprint>` when another token holds it;
 * `A<takeover><fence>` when this one does. A key without a record is claimed without a look at one.
 */
export const CLAIM: Script = script(`
local r = redis.call('GET', KEYS[1])
${CLOCK}${tillAfter('ARGV[2]', CLAIM_KEPT)}
if not r then
  local number = string.format('%s%06d', t[1], t[2])
  redis.call('SET', KEYS[1], '${MAGIC}' .. ${digits('till')} .. ' claimed fence=' .. number .. ' takeover=0' .. ARGV[1], 'PX', ARGV[2])
  return 'A0' .. number
end
${PARSE_WHOLE}
local displaced = '0'
if state == 'claimed' then
  if ends > now then
    if string.find(ARGV[1], ' token=' .. token .. ' ', 1, true) ~= 1 then
      return 'P' .. math.ceil((ends - now) / 1000) .. ' ' .. fingerprint
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('SETRANGE', KEYS[1], '${UNTIL_OFFSET}', ${digits('till')})
    return 'A' .. takeover .. fence
  end
  displaced = '1'
end
local next = math.max(fence + 1, now)
local number = ${digits('next')}
redis.call('SET', KEYS[1], '${MAGIC}' .. ${digits('till')} .. ' claimed fence=' .. number .. ' takeover=' .. displaced .. ARGV[1], 'PX', ARGV[2])
return 'A' .. displaced .. number
`);
