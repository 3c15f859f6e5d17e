-- Answers the whole record when it is completed, nil when not; who gets it judges its line.
local r = redis.call('GET', KEYS[1])
if not r then return false end
if string.sub(r, 1, DONE_LENGTH) == DONE then return r end -- only without replayCache
if string.sub(r, 1, DONE_LENGTH) == DONE then -- only with replayCache
  -- include record-and-end
end -- only with replayCache
local state, fence, takeover, token, fingerprint, left
local size = #r
-- include parse
return false
