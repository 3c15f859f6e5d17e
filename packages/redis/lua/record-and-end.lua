-- Answers the record `r`, and when it ends by this server's clock (ms): who keeps it must know. It
-- is -1 where somebody took the expiry away.
local t = redis.call('TIME') -- only with replayCache
local rest = redis.call('PTTL', KEYS[1]) -- only with replayCache
if rest >= 0 then rest = rest + t[1] * 1000 + math.floor(t[2] / 1000) end -- only with replayCache
return { r, string.format('%.0f', rest) } -- only with replayCache
