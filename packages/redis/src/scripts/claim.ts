import { CLAIM_KEPT, claimed, digits, endsAfter, READ_WHOLE, UNTIL_OFFSET } from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: token, how long the key is kept (ms), the rest of the claim's line.
 *
 * Answers the whole record when it is completed; `P<ms> <fingerprint>` when another token holds it;
 * `A<takeover><fence>` when this one does.
 */
export const CLAIM: Script = script(`${READ_WHOLE}
local number, displaced = now, '0'
if state == 'claimed' then
  if ends > now then
    if token ~= ARGV[1] then
      return 'P' .. math.ceil((ends - now) / 1000) .. ' ' .. fingerprint
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('SETRANGE', KEYS[1], ${UNTIL_OFFSET}, ${digits(endsAfter('ARGV[2]', CLAIM_KEPT))})
    return 'A' .. takeover .. fence
  end
  displaced = '1'
end
if fence and fence + 1 > now then number = fence + 1 end
local record = ${claimed(endsAfter('ARGV[2]', CLAIM_KEPT), 'number', 'displaced .. ARGV[3]')}
redis.call('SET', KEYS[1], record, 'PX', ARGV[2])
return 'A' .. displaced .. string.sub(record, 44, 59)
`);
