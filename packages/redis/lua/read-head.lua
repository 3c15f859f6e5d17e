-- What is at the key, from its first bytes: 16 MiB stay where they are.
local state, fence, takeover, token, fingerprint, left = 'none'
local r = redis.call('GETRANGE', KEYS[1], '0', HEAD_LAST)
-- GETRANGE cannot tell an empty value from none.
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  local size = #r < HEAD and #r or redis.call('STRLEN', KEYS[1])
  -- include parse
end
