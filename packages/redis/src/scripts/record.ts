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
const MAGIC = 'idem1 until=';

/** Where `until` begins, for SETRANGE. */
export const UNTIL_OFFSET: number = MAGIC.length;

/** Longer than any header (481 bytes), so that a read of this much never needs the value. */
const HEAD = 512;

/**
 * Reads the record whole, for a script that may hand its value out. A replay is what these scripts
 * mostly do, so a completed record is handed out after a look at fixed places; who gets it checks
 * the rest of its header.
 */
export const READ_WHOLE: string = `
local r = redis.call('GET', KEYS[1])
${clock()}
if r then
  if string.sub(r, 29, 39) == ' completed ' and string.sub(r, 1, ${MAGIC.length}) == '${MAGIC}'
    and (tonumber(string.sub(r, ${MAGIC.length + 1}, 28)) or 0) > now then return r end
  ${parse('#r')}
end
`;

/** Reads the header, for a script that never needs the value: 16 MiB stay where they are. */
export const READ_HEAD: string = `
local r = redis.call('GETRANGE', KEYS[1], 0, ${HEAD - 1})
${parseHead()}
`;

/** The same for a key of any type: `r` is an error where it is not a string. */
export const READ_HEAD_OF_ANY: string = `
local r = redis.pcall('GETRANGE', KEYS[1], 0, ${HEAD - 1})
if type(r) == 'table' then
  if string.find(r.err, 'WRONGTYPE', 1, true) then return 'X' end
  return r
end
${parseHead()}
`;

function clock(): string {
  return `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local ends, state, fence, takeover, token, fingerprint = 0, 'none'
`;
}

function parseHead(): string {
  // GETRANGE cannot tell an empty value from none.
  return `
${clock()}
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  ${parse(`(#r < ${HEAD} and #r or redis.call('STRLEN', KEYS[1]))`)}
end
`;
}

/** Answers `X` for what this library did not write, and for what is damaged. */
function parse(size: string): string {
  return `
  local at, bytes
  ends, state, at = string.match(r, '^${MAGIC}(%d+) (%l+) ()')
  if state == 'claimed' then
    fence, takeover, token, fingerprint =
      string.match(r, '^fence=(%d+) takeover=([01]) token=(%S+) fingerprint=(%S*)\\n$', at)
  elseif state == 'completed' then
    fence, token, fingerprint, bytes, at =
      string.match(r, '^fence=(%d+) token=(%S*) fingerprint=(%S*) bytes=(%d+)\\n()', at)
    if fence and at - 1 + bytes ~= ${size} then return 'X' end
  elseif state == 'vacant' then
    fence, token = string.match(r, '^fence=(%d+) by=(%S+)\\n$', at)
  end
  if not fence then return 'X' end
  ends = tonumber(ends)
`;
}

/** A Lua expression: `micros` as 16 digits. */
export function digits(micros: string): string {
  return `string.format('%016.0f', ${micros})`;
}

/** A Lua expression: a claim, from two numbers and the rest of its line. */
export function claimed(ends: string, fence: string, rest: string): string {
  return `string.format('${MAGIC}%016.0f claimed fence=%016.0f takeover=%s', ${ends}, ${fence}, ${rest})`;
}

/** What a caller adds to a claim's line; made once, by the client. */
export function claimRest(token: string, fingerprint: string | null): string {
  return ` token=${token} fingerprint=${fingerprint ?? ''}\n`;
}

/** A Lua expression: when a lease or a ttl ends, from how long the key is kept. */
export function endsAfter(kept: string, longer: number): string {
  return `now + (${kept} - ${longer}) * 1000`;
}

/** A Lua expression: a completed record. */
export function completed(
  ends: string,
  fence: string,
  token: string,
  fingerprint: string,
  value: string,
): string {
  return `string.format('${MAGIC}%016.0f completed fence=%s token=%s fingerprint=', ${ends}, ${fence}, ${token}) .. ${fingerprint} .. ' bytes=' .. #${value} .. '\\n' .. ${value}`;
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
local left = redis.pcall('SET', KEYS[1], '${MAGIC}' .. ${digits(`now + ${VACANT_MEMORY}000`)} .. ' vacant fence=' .. fence .. ' by=' .. ${by} .. '\\n', 'PX', '${VACANT_MEMORY}')
if left.err then redis.call('DEL', KEYS[1]) end
`;
}
