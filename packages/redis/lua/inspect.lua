-- Answers the state of the key, as `parseInspection` reads it: `V<takeover>`,
-- `C<takeover> <fence> <held, in microseconds> <left, in milliseconds> <fingerprint>`,
-- `D<left, in milliseconds> <fingerprint>`; -1 is left of a record whose expiry somebody took away.
-- include read-head
if state == 'claimed' then
  if left < 0 then return 'V1' end
  -- include now
  local held = math.max(now - fence, 0)
  return string.format('C%s %s %.0f %.0f ', takeover, fence, held, math.max(left, 1)) .. fingerprint
end
if state == 'done' then
  local rest = redis.call('PTTL', KEYS[1])
  if rest == 0 then rest = 1 end
  return string.format('D%.0f ', rest) .. fingerprint
end
return 'V0'
