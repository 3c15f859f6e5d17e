-- ARGV: the rest of the claim's line, which begins with its token; how long the key is kept (ms).
--
-- Answers the whole record when it is completed; `P<ms> <fingerprint>` when another token holds it;
-- `A<takeover><fence>` when this one does. A key without a record is claimed without a look at one.
local r = redis.call('GET', KEYS[1])
if not r then
  local t = redis.call('TIME') -- only with timeInScripts
  local now = string.format('%s%06d', t[1], t[2]) -- only with timeInScripts
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) -- only without timeInScripts
  local now = string.format('%.0f000', redis.call('PEXPIRETIME', KEYS[1]) - ARGV[2]) -- only without timeInScripts
  redis.call('SET', KEYS[1], CLAIMED .. now .. ' 0 ' .. ARGV[1], 'PX', ARGV[2])
  return 'A0' .. now
end
if string.sub(r, 1, DONE_LENGTH) == DONE then return r end -- only without replayCache
if string.sub(r, 1, DONE_LENGTH) == DONE then -- only with replayCache
  -- include record-and-end
end -- only with replayCache
local state, fence, takeover, token, fingerprint, left
local size = #r
-- include parse
local displaced = '0'
if state == 'claimed' then
  if left >= 0 then
    if string.find(ARGV[1], token .. ' ', 1, true) ~= 1 then
      return 'P' .. math.max(left, 1) .. ' ' .. fingerprint
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return 'A' .. takeover .. fence
  end
  displaced = '1'
end
-- include now
local next = string.format('%.0f', math.max(fence + 1, now))
redis.call('SET', KEYS[1], CLAIMED .. next .. ' ' .. displaced .. ' ' .. ARGV[1], 'PX', ARGV[2])
return 'A' .. displaced .. next
