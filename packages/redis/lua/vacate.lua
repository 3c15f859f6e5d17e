-- Leaves a vacant record with the fence, and the name `by`. A server that is full refuses even that;
-- the key is deleted then, and the clock alone keeps fences rising.
local vacated = redis.pcall('SET', KEYS[1], VACANT .. fence .. ' ' .. by .. '\n', 'PX', VACANT_KEPT)
if vacated.err then redis.call('DEL', KEYS[1]) end
