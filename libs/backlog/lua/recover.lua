--[[
  A transmission in the lane of retries succeeded: the webhook returns to the lane of deliveries.

  KEYS[1] state   ARGV[1] the run's token

  Returns 0 when another run has taken over, else 1.
]]
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'lane', 'failures', 'refusals', 'nextTry')
return 1
