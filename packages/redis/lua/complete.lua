-- ARGV: token, value, ttl (ms), the end of the completed record's line. What its holder completes in
-- time needs no more than a look at the claim.
--
-- A claim that was admitted may record its result when the server is full: the work is done, and
-- refusing it would have it done again. Redis asks for memory only before a script's first write,
-- so a write that needs none goes first.
--
-- A repetition changes nothing; but WAIT only counts what its own connection wrote. So with replicas
-- it writes the expiry that is there, for a repetition on another connection.
--
-- GETEX is a GET that no replica answers: one that lags would say that the claim is lost.
local r = redis.call('GETEX', KEYS[1])
if not r then return '0' end
local state, fence, takeover, token, fingerprint, left
local size = #r
-- include parse
if token ~= ARGV[1] then return '0' end
if state == 'claimed' and left >= 0 then
  local record = DONE .. fence .. ' ' .. token .. ' ' .. fingerprint .. ARGV[4] .. ARGV[2]
  local written = redis.pcall('SET', KEYS[1], record, 'PX', ARGV[3])
  if written.err then
    if not string.find(written.err, 'OOM', 1, true) then return written end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    redis.call('SET', KEYS[1], record, 'PX', ARGV[3])
  end
  -- include wake
  return '1'
end
if state == 'done' then
  local rest = redis.call('PTTL', KEYS[1]) -- only with replicas
  if rest > 0 then redis.call('PEXPIRE', KEYS[1], rest) end -- only with replicas
  return '1'
end
return '0'
