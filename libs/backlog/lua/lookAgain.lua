--[[
  Somebody looked after a webhook that was overdue: it is to be looked at again later.

  KEYS[1] waiting   ARGV[1] webhook id   ARGV[2] when (epoch ms)
]]
redis.call('ZADD', KEYS[1], 'XX', ARGV[2], ARGV[1])
