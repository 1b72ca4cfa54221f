-- Looks for an entry. KEYS[1]: the entry; KEYS[2]: the lock of whoever fills it. ARGV[1]: what it must have seen,
-- ARGV[2]: what it must cover, both as they stand at its beginning; ARGV[3]: who would fill it, or nothing;
-- ARGV[4]: for how many milliseconds. Answers the entry and how long it stays, or whether it is to be filled now.
local found = redis.call('GET', KEYS[1])
if found and string.sub(found, 1, 16) >= ARGV[1] and string.sub(found, 17, 48) >= ARGV[2] then
  return { found, redis.call('PTTL', KEYS[1]) }
end
if ARGV[3] ~= '' and redis.call('SET', KEYS[2], ARGV[3], 'NX', 'PX', ARGV[4]) then
  return { false, 1 }
end
return { false, 0 }
