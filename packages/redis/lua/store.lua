-- ARGV: value, ttl (ms), the rest of the record's line, which begins after its fence. A fence that
-- is remembered stays remembered.
-- include read-head
redis.call('SET', KEYS[1], DONE .. (fence or '0') .. ARGV[3] .. ARGV[1], 'PX', ARGV[2])
-- include wake
return '1'
