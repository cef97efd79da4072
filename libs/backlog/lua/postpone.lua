--[[
  A part was refused again: counts the attempt on it and makes it due later. The webhook's lane stays.

  KEYS[1] state   KEYS[2] attempts   KEYS[3] aside
  ARGV[1] the run's token   ARGV[2] id of the part   ARGV[3] due (epoch ms)   ARGV[4] now   ARGV[5] what went wrong

  Returns 0 when another run has taken over, else 1.
]]
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  return 0
end
if redis.call('ZSCORE', KEYS[3], ARGV[2]) then
  redis.call('ZADD', KEYS[3], ARGV[3], ARGV[2])
  redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
end
redis.call('HSET', KEYS[1], 'failed', 1, 'lastFailure', ARGV[4], 'lastError', ARGV[5])
return 1
