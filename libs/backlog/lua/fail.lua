--[[
  Counts a failed transmission on what it carried, and moves the webhook to the lane of retries.

  KEYS[1] state   KEYS[2] attempts   KEYS[3] waiting   KEYS[4] failing
  ARGV[1] webhook id   ARGV[2] the run's token   ARGV[3] now   ARGV[4] next try (epoch ms)
  ARGV[5] when another run must have begun (epoch ms)   ARGV[6] '1' when the target answered, else '0'
  ARGV[7] what went wrong   then the ids of the entries and parts

  A run counts once: what it sends again, because the answer was lost, changes nothing.

  Returns 0 when another run has taken over (it counts for itself), else the number of failures in a row.
]]
local state = redis.call('HMGET', KEYS[1], 'run', 'counted', 'failures')
if state[1] ~= ARGV[2] then
  return 0
end
if state[2] == ARGV[2] then
  return tonumber(state[3] or 0)
end
for i = 8, #ARGV do
  redis.call('HINCRBY', KEYS[2], ARGV[i], 1)
end
redis.call('HSET', KEYS[1], 'lane', 'retries', 'failed', 1, 'counted', ARGV[2], 'nextTry', ARGV[4],
  'lastFailure', ARGV[3], 'lastError', ARGV[7])
redis.call('ZADD', KEYS[3], 'XX', ARGV[5], ARGV[1])
redis.call('ZADD', KEYS[4], 'NX', ARGV[3], ARGV[1])
if ARGV[6] == '1' then
  redis.call('HINCRBY', KEYS[1], 'refusals', 1)
else
  redis.call('HDEL', KEYS[1], 'refusals')
end
return redis.call('HINCRBY', KEYS[1], 'failures', 1)
