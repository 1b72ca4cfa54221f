-- Puts commits into a stream, and publishes events. KEYS[1]: the stream. ARGV: how many entries it keeps,
-- about; for how long, in milliseconds, when nothing comes; how many commits there are; of each the
-- store, the server, where the log ended before it, its events, and where the log ends after it; then channels, each with what is published there.
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'd', ARGV[at], 's', ARGV[at + 1],
    'b', ARGV[at + 2], 'e', ARGV[at + 3], 'n', ARGV[at + 4])
  at = at + 5
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
while ARGV[at] do
  redis.call('PUBLISH', ARGV[at], ARGV[at + 1])
  at = at + 2
end
