-- Takes out of a bucket. KEYS[1]: when it is full again, in microseconds. ARGV: how many a minute, how many
-- at once, how many are wanted, how many takers there are; when it is full if nothing stands here, or `ask`: then
-- nothing is taken. Answers how many were granted, how many are left, in how many milliseconds the next one is
-- there, and in how many it is full.
local found = redis.call('GET', KEYS[1]) or ARGV[5] or '0'
if found == 'ask' then
  return false
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each = 60000000 / tonumber(ARGV[1])
local burst, want, share = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- A clock that was ahead, or a burst that was larger, costs no more than an empty bucket.
local full = math.min(math.max(tonumber(found), now), now + burst * each)
local room = math.max(math.floor((now - full) / each + burst + 0.001), 0)
local most = math.min(math.max(math.floor(room / share), 1), room)
local granted = math.min(want, most)
if granted > 0 then
  full = full + granted * each
  -- A server whose clock ran far ahead leaves nothing behind for long.
  redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
end
local left = room - granted
local retry = 0
if left < 1 then
  retry = math.max(math.ceil((full + each - now - burst * each) / 1000), 1)
end
return { granted, left, retry, math.max(math.ceil((full - now) / 1000), 0) }
