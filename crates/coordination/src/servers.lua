-- Says that a server is there, and forgets those that have not said so for long. KEYS[1]: the servers, by
-- when each said so last. ARGV: its id; after how many milliseconds one is forgotten; whether it is `here`, `goes`
-- or does nothing but `look`. Answers how many there are.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[3] == 'goes' then
  redis.call('ZREM', KEYS[1], ARGV[1])
elseif ARGV[3] == 'here' then
  redis.call('ZADD', KEYS[1], now, ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
