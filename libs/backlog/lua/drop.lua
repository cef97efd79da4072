--[[
  The webhook is deleted: drops all that is pending, and all that was known of it.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] attempts   KEYS[4] aside   KEYS[5] parts
  KEYS[6] pending   KEYS[7] waiting   KEYS[8] oldest   KEYS[9] failing   KEYS[10] noticed   KEYS[11] discarding
  ARGV[1] webhook id

  Returns how many events were dropped.
]]
local pending = tonumber(redis.call('HGET', KEYS[6], ARGV[1]) or 0)
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('HDEL', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[7], ARGV[1])
redis.call('ZREM', KEYS[8], ARGV[1])
redis.call('ZREM', KEYS[9], ARGV[1])
redis.call('HDEL', KEYS[10], ARGV[1])
redis.call('ZREM', KEYS[11], ARGV[1])
return pending
