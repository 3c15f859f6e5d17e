import { claimed, digits, READ_WHOLE, UNTIL_OFFSET } from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: token, lease (ms), how long the key stays (ms), fingerprint or ''.
 *
 * Answers the whole record when it is completed; `P<ms> <fingerprint>` when another token holds it;
 * `A<takeover><fence>` when this one does.
 */
export const CLAIM: Script = script(`${READ_WHOLE}
local number, displaced = now, '0'
if state == 'completed' and ends > now then return r end
if state == 'claimed' then
  if ends > now then
    if token ~= ARGV[1] then
      return 'P' .. math.ceil((ends - now) / 1000) .. ' ' .. fingerprint
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    redis.call('SETRANGE', KEYS[1], ${UNTIL_OFFSET}, ${digits('now + ARGV[2] * 1000')})
    return 'A' .. takeover .. fence
  end
  displaced = '1'
end
if fence and fence + 1 > now then number = fence + 1 end
fence = ${digits('number')}
redis.call('SET', KEYS[1], ${claimed('now + ARGV[2] * 1000', 'fence', 'displaced')}, 'PX', ARGV[3])
return 'A' .. displaced .. fence
`);
