import {
  CLOCK,
  digits,
  MAGIC,
  PARSE_WHOLE,
  READ_HEAD,
  READ_HEAD_OF_ANY,
  RECORD_KEPT,
  tillAfter,
  vacate,
} from './record.ts';
import { type Script, script } from './script.ts';

/** Answers the whole record when it is completed, nil when not. */
export const FIND: Script = script(`
local r = redis.call('GET', KEYS[1])
if not r then return false end
${CLOCK}${PARSE_WHOLE}
return false
`);

export const EXISTS: Script = script(`${READ_HEAD}
if state == 'completed' and ends > now then return '1' end
return '0'
`);

/**
 * Answers the state of the key, as `parseInspection` reads it: `V<takeover>`,
 * `C<takeover> <fence> <held µs> <left ms> <fingerprint>`, `D<left ms> <fingerprint>`.
 */
export const INSPECT: Script = script(`${READ_HEAD}
if state == 'claimed' then
  if ends <= now then return 'V1' end
  return string.format('C%s %s %.0f %.0f ', takeover, fence, math.max(now - fence, 0), math.ceil((ends - now) / 1000)) .. fingerprint
end
if state == 'completed' and ends > now then
  return string.format('D%.0f ', math.ceil((ends - now) / 1000)) .. fingerprint
end
return 'V0'
`);

/**
 * ARGV: value, how long the key is kept (ms), the end of the record's line. A fence that is remembered stays remembered.
 *
 * @param wake statements that tell who waits for the key
 */
export function store(wake: string): Script {
  return script(`${READ_HEAD}
${tillAfter('ARGV[2]', RECORD_KEPT)}
redis.call('SET', KEYS[1], '${MAGIC}' .. ${digits('till')} .. ' completed fence=' .. (fence or '0') .. ' token= fingerprint=' .. ARGV[3] .. ARGV[1], 'PX', ARGV[2])
${wake}return '1'
`);
}

/** Removes what is not a record too: that is the remedy for one that is corrupt. */
export function remove(wake: string): Script {
  return script(`
local function vacate()
${READ_HEAD_OF_ANY}
  if state == 'none' or state == 'vacant' then return '1' end
  if state == 'claimed' and ends <= now then return '1' end
  ${vacate("'remove'")}
  return '1'
end
local done = vacate()
if done == 'X' then
  redis.call('DEL', KEYS[1])
  done = '1'
end
${wake}return done
`);
}
