-- Takes note of a write in a session. KEYS[1]: the session. ARGV[1]: where the database stood, of a length that does
-- not change. A session that is gone stays so.
local before = redis.call('HGET', KEYS[1], 'position')
if before and before < ARGV[1] then
  redis.call('HSET', KEYS[1], 'position', ARGV[1])
end
return 1
