--[[
  The webhook was changed by hand: what waits is tried at once, and back-off begins anew. If it fails, it does so from
  now on.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] aside   KEYS[4] failing
  ARGV[1] webhook id   ARGV[2] now (epoch ms)

  Returns { 1 if anything is pending else 0, the webhook's lane }.
]]
redis.call('ZADD', KEYS[4], 'XX', ARGV[2], ARGV[1])
redis.call('HDEL', KEYS[2], 'failures', 'refusals', 'nextTry')
local pending = redis.call('XLEN', KEYS[1]) > 0 or redis.call('ZCARD', KEYS[3]) > 0
return { pending and 1 or 0, redis.call('HGET', KEYS[2], 'lane') or 'deliveries' }
