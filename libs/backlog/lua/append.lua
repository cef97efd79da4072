--[[
  Appends chunks to a webhook's backlog.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] pending   KEYS[4] waiting   KEYS[5] oldest   KEYS[6] the writer's commits
  ARGV[1] webhook id   ARGV[2] when a run must have begun (epoch ms)
  ARGV[3] number of the writer's commit, rising, or 0   ARGV[4] how long the commits are remembered (ms)
  then for each chunk: its bytes, its number of events, its oldest clock (epoch ms)

  Returns { 1 if the delivery must be woken else 0, the webhook's lane or false }. It must be woken if the backlog was
  empty, and from then on until a run begins: the first one who was told so may have died, or may never have heard it.
  Of a commit that was appended before, nothing is appended again: the answer to it was lost, and it is sent once more.
]]
local function answer()
  local state = redis.call('HMGET', KEYS[2], 'asleep', 'lane')
  return { state[1] and 1 or 0, state[2] }
end
local commit = tonumber(ARGV[3])
if commit > 0 then
  if commit <= tonumber(redis.call('HGET', KEYS[6], ARGV[1]) or 0) then
    return answer()
  end
  redis.call('HSET', KEYS[6], ARGV[1], commit)
  redis.call('PEXPIRE', KEYS[6], ARGV[4])
end
local wasEmpty = redis.call('XLEN', KEYS[1]) == 0
local events = 0
for i = 5, #ARGV, 3 do
  redis.call('XADD', KEYS[1], '*', 'c', ARGV[i], 'n', ARGV[i + 1], 'o', ARGV[i + 2])
  events = events + tonumber(ARGV[i + 1])
end
redis.call('HINCRBY', KEYS[3], ARGV[1], events)
if wasEmpty then
  redis.call('HSET', KEYS[2], 'asleep', 1)
  redis.call('ZADD', KEYS[4], 'NX', ARGV[2], ARGV[1])
  redis.call('ZADD', KEYS[5], 'NX', ARGV[7], ARGV[1])
end
return answer()
