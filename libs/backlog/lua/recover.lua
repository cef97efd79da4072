--[[
  A transmission in the lane of retries succeeded: the webhook returns to the lane of deliveries.

  KEYS[1] state   KEYS[2] failing
  ARGV[1] the run's token   ARGV[2] webhook id

  Returns 0 when another run has taken over, else 1.
]]
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('HDEL', KEYS[1], 'lane', 'failures', 'refusals', 'nextTry')
return 1
