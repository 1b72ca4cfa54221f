-- Puts commits into a stream, and publishes events. KEYS[1]: the stream. ARGV: how many entries it keeps,
-- about; for how long, in milliseconds, when nothing comes; how many commits there are; of each the server,
-- where the log ended before it, and its events; then channels, each with what is published there.
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 's', ARGV[at], 'b', ARGV[at + 1], 'e', ARGV[at + 2])
  at = at + 3
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
while ARGV[at] do
  redis.call('PUBLISH', ARGV[at], ARGV[at + 1])
  at = at + 2
end
