import { LAPSED_CLAIM_MEMORY } from '@idem/core/adapter';

/**
 * The record: one line of text that `redis-cli GET` shows, then the bytes of the value.
 *
 *     idem1 until=<µs> claimed fence=<n> takeover=<0|1> token=<t> fingerprint=<f>\n
 *     idem1 until=<µs> completed fence=<n> token=<t> fingerprint=<f> bytes=<n>\n<value>
 *     idem1 until=<µs> vacant fence=<n> by=<who>\n
 *
 * Times are microseconds since the epoch by the server's clock, always 16 digits, so that a lease
 * is lengthened in place. The expiry of the Redis key only clears away: the record itself says when
 * it ends, to the microsecond, where Redis keeps a key through its last millisecond.
 */

/** A string value, because a hash measured a third slower, and because its type tells it from no other. */
export const MAGIC = 'idem1 until=';

/** How many digits a time has. */
export const TIME_DIGITS = 16;

/** Where `until` begins, for SETRANGE. */
export const UNTIL_OFFSET: number = MAGIC.length;

/** Longer than any header (481 bytes), so that a read of this much never needs the value. */
const HEAD = 512;

/** Lua patterns of the three lines. Whoever reads a record judges it by these, or by `completed-header.ts`. */
const UNTIL = `^${MAGIC}(${'%d'.repeat(TIME_DIGITS)})`;
const TOKEN = '[%w_-]';
const FINGERPRINT = '[!-~]*';
const CLAIMED = `${UNTIL} claimed fence=(%d+) takeover=([01]) token=(${TOKEN}+) fingerprint=(${FINGERPRINT})\\n$`;
const COMPLETED = `${UNTIL} completed fence=(%d+) token=(${TOKEN}*) fingerprint=(${FINGERPRINT}) bytes=(%d+)\\n()`;
const VACANT = `${UNTIL} vacant fence=(%d+) by=([%w_.-]+)\\n$`;

/** A claim's line up to its token, which begins at the place after. */
export const CLAIM_TO_TOKEN: string = `^${MAGIC}${'%d'.repeat(TIME_DIGITS)} claimed fence=${'%d'.repeat(TIME_DIGITS)} takeover=[01]`;

/** Where the token of a claim begins, with the space before its name. */
export const TOKEN_PLACE = 71;

/** The end of a claim's line, from its fingerprint. */
export const CLAIM_FROM_FINGERPRINT: string = `^${FINGERPRINT}\\n$`;

/** Lua statements: `now`, by the server. */
export const CLOCK = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
`;

/** Lua statements that read the header into \`r\`: 16 MiB stay where they are. */
export const GET_HEAD: string = `
local r = redis.call('GETRANGE', KEYS[1], '0', '${HEAD - 1}')
${CLOCK}`;

/**
 * Lua statements: what is at a key that has a record that was read whole. Where it is completed and
 * live, the script answers it as it is; who gets it judges its header.
 */
export const PARSE_WHOLE: string = `
if string.sub(r, 29, 39) == ' completed ' and string.sub(r, 1, ${MAGIC.length}) == '${MAGIC}'
  and (tonumber(string.sub(r, ${MAGIC.length + 1}, 28)) or 0) > now then return r end
local ends, state, fence, takeover, token, fingerprint
${parse('#r')}
`;

/** Lua statements: what is at the key, from its header in \`r\`. */
export const PARSE_HEAD: string = `
local ends, state, fence, takeover, token, fingerprint = nil, 'none'
-- GETRANGE cannot tell an empty value from none.
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  ${parse(`(#r < ${HEAD} and #r or redis.call('STRLEN', KEYS[1]))`)}
end
`;

/** Reads the header, for a script that never needs the value. */
export const READ_HEAD: string = GET_HEAD + PARSE_HEAD;

/** The same for a key of any type: `r` is an error where it is not a string. */
export const READ_HEAD_OF_ANY: string = `
local r = redis.pcall('GETRANGE', KEYS[1], '0', '${HEAD - 1}')
if type(r) == 'table' then
  if string.find(r.err, 'WRONGTYPE', 1, true) then return 'X' end
  return r
end
${CLOCK}${PARSE_HEAD}`;

/** Answers `X` for what this library did not write, and for what is damaged. */
function parse(size: string): string {
  return `
  state = string.match(r, '^${MAGIC}%d+ (%l+) ')
  if state == 'claimed' then
    ends, fence, takeover, token, fingerprint = string.match(r, '${CLAIMED}')
  elseif state == 'completed' then
    local bytes, at
    ends, fence, token, fingerprint, bytes, at = string.match(r, '${COMPLETED}')
    if ends and at - 1 + bytes ~= ${size} then return 'X' end
  elseif state == 'vacant' then
    ends, fence, token = string.match(r, '${VACANT}')
  end
  if not ends then return 'X' end
  ends = tonumber(ends)
`;
}

/**
 * A Lua expression: the variable `micros` as 16 digits. As whole numbers of seconds and microseconds,
 * for `%d` takes half the time of `%.0f`, and no more than 32 bits on a server of 32 bits.
 */
export function digits(micros: string): string {
  return `string.format('%d%06d', (${micros} - ${micros} % 1000000) / 1000000, ${micros} % 1000000)`;
}

/** What a caller adds to a claim's line; made once, by the client. */
export function claimRest(token: string, fingerprint: string | null): string {
  return ` token=${token} fingerprint=${fingerprint ?? ''}\n`;
}

/** How a claim's line names its holder; made once, by the client. */
export function holder(token: string): string {
  return ` token=${token} fingerprint=`;
}

/** How a completed record's line ends; made once, by the client. */
export function completedEnd(bytes: number): string {
  return ` bytes=${bytes}\n`;
}

/** A Lua statement: `till`, when a lease or a ttl ends, from how long the key is kept. */
export function tillAfter(kept: string, longer: number): string {
  return `local till = now + (${kept} - ${longer}) * 1000`;
}

/**
 * How much longer Redis keeps a key than its claim holds, in milliseconds: a lapsed claim is
 * remembered. Scripts are given the sum, and take this away.
 */
export const CLAIM_KEPT: number = LAPSED_CLAIM_MEMORY + 1;

/** How much longer Redis keeps a key than its record is completed: never shorter, whatever was rounded. */
export const RECORD_KEPT = 1;

/** How long a released or removed key remembers its fence, in milliseconds: an hour. */
const VACANT_MEMORY = 3_600_000;

/**
 * Lua statements that leave a vacant record with the fence. A server that is full refuses even
 * that; the key is deleted then, and the clock alone keeps fences rising.
 */
export function vacate(by: string): string {
  return `
local till = now + ${VACANT_MEMORY}000
local left = redis.pcall('SET', KEYS[1], '${MAGIC}' .. ${digits('till')} .. ' vacant fence=' .. fence .. ' by=' .. ${by} .. '\\n', 'PX', '${VACANT_MEMORY}')
if left.err then redis.call('DEL', KEYS[1]) end
`;
}
