-- `now`, in microseconds, at a key that has an expiry. Where TIME is refused in a script, it is when
-- the key expires less what is left of that, to the millisecond.
local t = redis.call('TIME') -- only with timeInScripts
local now = t[1] * 1000000 + t[2] -- only with timeInScripts
local now = redis.call('PEXPIRETIME', KEYS[1]) - redis.call('PTTL', KEYS[1]) -- only without timeInScripts
now = now * 1000 -- only without timeInScripts
