--[[
  A delivery run begins: it takes the webhook over from any earlier run, if the webhook is in the run's lane.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] aside   KEYS[4] pending   KEYS[5] waiting
  ARGV[1] webhook id   ARGV[2] lane of the run   ARGV[3] the run's token
  ARGV[4] when another run must have begun (epoch ms)

  Returns { 0, the webhook's lane } when it is in the other lane, else { 1, failures, refusals, next try or 0,
  entries, events pending, parts set aside, due time of the first part or false }.
]]
local state = redis.call('HMGET', KEYS[2], 'lane', 'failures', 'refusals', 'nextTry')
local lane = state[1] or 'deliveries'
if lane ~= ARGV[2] then
  return { 0, lane }
end
redis.call('HSET', KEYS[2], 'run', ARGV[3])
redis.call('ZADD', KEYS[5], 'XX', ARGV[4], ARGV[1])
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
return {
  1,
  tonumber(state[2] or 0),
  tonumber(state[3] or 0),
  tonumber(state[4] or 0),
  redis.call('XLEN', KEYS[1]),
  tonumber(redis.call('HGET', KEYS[4], ARGV[1]) or 0),
  first[1] and redis.call('ZCARD', KEYS[3]) or 0,
  first[2] or false,
}
