--[[
  Claims the look at a shard in this interval.

  KEYS[1] looked   ARGV[1] the interval (ms)

  Returns 1 when the caller is the one to look, else 0.
]]
return redis.call('SET', KEYS[1], 1, 'PX', ARGV[1], 'NX') and 1 or 0
