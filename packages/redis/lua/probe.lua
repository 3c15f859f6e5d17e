-- KEYS: one that does not exist. ARGV: a channel, what to publish there before the time (µs).
--
-- Proves, to whoever hears it on the connection that is told of changes, that it was told of all
-- that had changed when this ran. GETEX is a GET that no replica answers.
redis.call('GETEX', KEYS[1])
local t = redis.call('TIME')
redis.call('PUBLISH', ARGV[1], ARGV[2] .. ' ' .. string.format('%s%06d', t[1], t[2]))
return '1'
