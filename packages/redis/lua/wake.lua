-- Tells who waits for the key, on the channel that is called like it; in a Cluster every node hears
-- it. What is done is done: that a server forbids to publish must not make it look undone.
redis.pcall('PUBLISH', KEYS[1], '') -- only with wakeUp
