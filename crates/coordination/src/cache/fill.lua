-- Fills an entry, unless one is there that has seen more, and opens its lock. KEYS[1]: the entry; KEYS[2]: the
-- lock. ARGV[1]: the entry, or nothing; ARGV[2]: for how many milliseconds; ARGV[3]: who holds the lock, or nothing.
if ARGV[1] ~= '' then
  local found = redis.call('GET', KEYS[1])
  if not found or string.sub(found, 1, 16) <= string.sub(ARGV[1], 1, 16) then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  end
end
if ARGV[3] ~= '' and redis.call('GET', KEYS[2]) == ARGV[3] then
  redis.call('DEL', KEYS[2])
end
return 1
