import {
  CLAIM_KEPT,
  CLOCK,
  claimed,
  digits,
  endsAfter,
  PARSE_WHOLE,
  UNTIL_OFFSET,
} from './record.ts';
import { type Script, script } from './script.ts';

const ENDS = endsAfter('ARGV[2]', CLAIM_KEPT);

/**
 * ARGV: token, how long the key is kept (ms), the rest of the claim's line.
 *
 * Answers the whole record when it is completed; `P<ms> <fingerprint>` when another token holds it;
 * `A<takeover><fence>` when this one does. A key without a record is claimed without a look at one.
 */
export const CLAIM: Script = script(`
local r = redis.call('GET', KEYS[1])
${CLOCK}if not r then
  local record = ${claimed(ENDS, 'now', '0', 'ARGV[3]')}
  redis.call('SET', KEYS[1], record, 'PX', ARGV[2])
  return 'A0' .. string.sub(record, 44, 59)
end
${PARSE_WHOLE}
local displaced = '0'
if state == 'claimed' then
  if ends > now then
    if token ~= ARGV[1] then
      return 'P' .. math.ceil((ends - now) / 1000) .. ' ' .. fingerprint
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('SETRANGE', KEYS[1], '${UNTIL_OFFSET}', ${digits(ENDS)})
    return 'A' .. takeover .. fence
  end
  displaced = '1'
end
local number = math.max(fence + 1, now)
local record = ${claimed(ENDS, 'number', "' .. displaced .. '", 'ARGV[3]')}
redis.call('SET', KEYS[1], record, 'PX', ARGV[2])
return 'A' .. displaced .. string.sub(record, 44, 59)
`);
