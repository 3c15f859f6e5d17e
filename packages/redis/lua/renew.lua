-- ARGV: token, how long the key is kept (ms). Needs no memory, so a full server renews.
-- include read-head
if state == 'claimed' and left >= 0 and token == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return '1'
end
-- include not-of-a-replica
return '0'
