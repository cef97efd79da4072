--[[
  Renews the lease of a direct run, or ends it.

  KEYS[1] lease   KEYS[2] waiting
  ARGV[1] webhook id   ARGV[2] the run's token   ARGV[3] for how long (ms); 0: it is over
  ARGV[4] when another run must have begun (epoch ms)

  Nothing happens when the lease has run out, or is another run's.
]]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if ARGV[3] ~= '0' then
  redis.call('ZADD', KEYS[2], 'XX', ARGV[4], ARGV[1])
end
