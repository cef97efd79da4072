--[[
  Appends chunks to the backlogs of some webhooks of a shard.

  KEYS[1] pending   KEYS[2] waiting   KEYS[3] oldest   KEYS[4] the writer's commits
  then for each webhook: its backlog, its state
  ARGV[1] when a run must have begun (epoch ms)
  ARGV[2] number of the writer's commit, rising, or 0   ARGV[3] how long the commits are remembered (ms)
  then for each webhook: its id, how many chunks;
    then for each of these: its bytes, its number of events, its oldest clock (epoch ms)

  Returns for each webhook { the name of its sleep or false, its lane or false }. A webhook sleeps from when its backlog
  was empty until a run begins, and must be woken: the first one who was told so may have died, or may never have heard
  it. Each sleep has a name of its own.
  Of a commit that was appended before, nothing is appended again: the answer to it was lost, and it is sent once more.
]]
local commit = tonumber(ARGV[2])
local answers = {}
local written = {}
local at = 4
for k = 5, #KEYS, 2 do
  local backlog, state = KEYS[k], KEYS[k + 1]
  local webhook, chunks = ARGV[at], tonumber(ARGV[at + 1])
  local from, to = at + 2, at + 1 + 3 * chunks
  at = to + 1
  if commit == 0 or commit > tonumber(redis.call('HGET', KEYS[4], webhook) or 0) then
    local wasEmpty = redis.call('XLEN', backlog) == 0
    local first
    local events = 0
    for i = from, to, 3 do
      local id = redis.call('XADD', backlog, '*', 'c', ARGV[i], 'n', ARGV[i + 1], 'o', ARGV[i + 2])
      first = first or id
      events = events + tonumber(ARGV[i + 1])
    end
    redis.call('HINCRBY', KEYS[1], webhook, events)
    if wasEmpty then
      redis.call('HSET', state, 'asleep', first)
      redis.call('ZADD', KEYS[2], 'NX', ARGV[1], webhook)
      redis.call('ZADD', KEYS[3], 'NX', ARGV[from + 2], webhook)
    end
    written[#written + 1] = webhook
    written[#written + 1] = commit
  end
  answers[#answers + 1] = redis.call('HMGET', state, 'asleep', 'lane')
end
if commit > 0 and written[1] then
  redis.call('HSET', KEYS[4], unpack(written))
  redis.call('PEXPIRE', KEYS[4], ARGV[3])
end
return answers
