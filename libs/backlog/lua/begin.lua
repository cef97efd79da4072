--[[
  A delivery run begins: it takes the webhook over from any earlier run, if the webhook is in the run's lane and
  anything is pending. (Where nothing is, nothing is written: the webhook may have been dropped.)

  A direct run has no job, whose lock would keep others away, and so holds a lease. It begins in place of the job that
  would have to end the webhook's sleep, if nothing speaks for a job: parts that were set aside, or a queue that is
  paused.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] aside   KEYS[4] pending   KEYS[5] waiting   KEYS[6] lease
  KEYS[7] what BullMQ knows of the queue of deliveries
  ARGV[1] webhook id   ARGV[2] lane of the run   ARGV[3] the run's token
  ARGV[4] now (epoch ms)   ARGV[5] how long after it, or after what it waits for, another run must have begun (ms)
  ARGV[6] of a direct run: the sleep that it ends, else ''   ARGV[7] how long its lease holds (ms)

  Returns { 0, the webhook's lane } when it is in the other lane, or needs a job; { 2 } when another run holds the lease
  or, to a direct one, has ended the sleep; else { 1, failures, refusals, next try or 0, entries, events pending,
  parts set aside, due time of the first part or false }.
]]
local state = redis.call('HMGET', KEYS[2], 'lane', 'failures', 'refusals', 'nextTry', 'asleep')
local direct = ARGV[6] ~= ''
local holder = redis.call('GET', KEYS[6])
-- Also when its call is sent again, because the answer was lost.
local mayBegin = not holder or holder == ARGV[3]
if direct and state[5] ~= ARGV[6] and holder ~= ARGV[3] then
  return { 2 }
end
local lane = state[1] or 'deliveries'
if lane ~= ARGV[2] then
  return { 0, lane }
end
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if not direct and not mayBegin then
  return { 2 }
end
if direct and (not mayBegin or first[1] or redis.call('HEXISTS', KEYS[7], 'paused') == 1) then
  return { 0, lane }
end
local nextTry = tonumber(state[4] or 0)
local entries = redis.call('XLEN', KEYS[1])
if entries > 0 or first[1] then
  local waitsUntil = entries > 0 and nextTry or math.max(nextTry, tonumber(first[2]))
  redis.call('HSET', KEYS[2], 'run', ARGV[3])
  redis.call('HDEL', KEYS[2], 'asleep')
  redis.call('ZADD', KEYS[5], 'XX', math.max(tonumber(ARGV[4]), waitsUntil) + tonumber(ARGV[5]), ARGV[1])
  if direct then
    redis.call('SET', KEYS[6], ARGV[3], 'PX', ARGV[7])
  end
end
return {
  1,
  tonumber(state[2] or 0),
  tonumber(state[3] or 0),
  nextTry,
  entries,
  tonumber(redis.call('HGET', KEYS[4], ARGV[1]) or 0),
  first[1] and redis.call('ZCARD', KEYS[3]) or 0,
  first[2] or false,
}
