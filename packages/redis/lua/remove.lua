-- Removes what is not a record too: that is the remedy for one that is corrupt.
local function vacate()
  local state, fence, takeover, token, fingerprint, left = 'none'
  local r = redis.pcall('GETRANGE', KEYS[1], '0', HEAD_LAST)
  if type(r) == 'table' then
    if string.find(r.err, 'WRONGTYPE', 1, true) then return 'X' end
    return r
  end
  if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
    local size = #r < HEAD and #r or redis.call('STRLEN', KEYS[1])
    -- include parse
  end
  if state == 'none' or state == 'vacant' or (state == 'claimed' and left < 0) then
    -- include not-of-a-replica
    return '1'
  end
  local by = 'remove'
  -- include vacate
  return '1'
end
local done = vacate()
if done == 'X' then
  redis.call('DEL', KEYS[1])
  done = '1'
end
-- include wake
return done
