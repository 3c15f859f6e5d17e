-- GETEX is a GET that no replica answers: one that lags would say that a claim of which it has not
-- heard is lost, or that there is nothing to remove.
redis.call('GETEX', KEYS[1])
