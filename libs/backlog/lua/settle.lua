--[[
  Removes what was delivered, or discarded. Any run may do so at any time, also one that was overtaken:
  removal goes by id, and what is already gone counts for nothing. The emptied stream stays: it remembers its
  last id, so that no id ever comes twice, even if the clock jumps back.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] attempts   KEYS[4] aside   KEYS[5] parts
  KEYS[6] pending   KEYS[7] waiting   KEYS[8] oldest   KEYS[9] discarded   KEYS[10] discards refused
  KEYS[11] lease
  ARGV[1] webhook id   ARGV[2] now (epoch ms)   ARGV[3] '1' when delivered, '0' when discarded
  ARGV[4] the run's token, or '' when it is nobody's run   ARGV[5] how many chunks KEYS[9] may hold
  then for each: id, number of events, '1' when it is a part or '0' when it is an entry,
    how many of its events are handed over as discarded, and their chunk

  Returns { how many events were removed, entries left, 1 if another run has taken over else 0,
  when no entry is left: the due time of the first part, or false }.
]]
local state = redis.call('HMGET', KEYS[2], 'run', 'failed')
local overtaken = (ARGV[4] ~= '' and state[1] ~= ARGV[4]) and 1 or 0
local removed = 0
for i = 6, #ARGV, 5 do
  local gone
  if ARGV[i + 2] == '1' then
    gone = redis.call('HDEL', KEYS[5], ARGV[i])
    redis.call('ZREM', KEYS[4], ARGV[i])
  else
    gone = redis.call('XDEL', KEYS[1], ARGV[i])
  end
  if gone == 1 then
    removed = removed + tonumber(ARGV[i + 1])
    if ARGV[i + 3] ~= '0' then
      if redis.call('XLEN', KEYS[9]) < tonumber(ARGV[5]) then
        redis.call('XADD', KEYS[9], '*', 'w', ARGV[1], 'u', ARGV[i], 'n', ARGV[i + 3], 'c', ARGV[i + 4])
      else
        redis.call('INCRBY', KEYS[10], ARGV[i + 3])
      end
    end
  end
end
local entries = redis.call('XLEN', KEYS[1])
local partDueAt = entries == 0 and redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2] or false
if removed == 0 then
  return { 0, entries, overtaken, partDueAt }
end
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[2], 'lastSuccess', ARGV[2])
end
if state[2] then
  for i = 6, #ARGV, 5 do
    redis.call('HDEL', KEYS[3], ARGV[i])
  end
  if redis.call('EXISTS', KEYS[3]) == 0 then
    redis.call('HDEL', KEYS[2], 'failed')
  end
end
redis.call('HINCRBY', KEYS[6], ARGV[1], -removed)
if entries == 0 then
  redis.call('ZREM', KEYS[8], ARGV[1])
  if not partDueAt then
    -- Nothing waits any more. A run that was overtaken may have left the attempts of what another one delivered.
    redis.call('DEL', KEYS[3])
    redis.call('HDEL', KEYS[2], 'failed', 'asleep')
    redis.call('ZREM', KEYS[7], ARGV[1])
    redis.call('HDEL', KEYS[6], ARGV[1])
    -- The owner has nothing more in hand: whatever comes next needn't wait until its run has ended.
    if overtaken == 0 and ARGV[4] ~= '' then
      redis.call('DEL', KEYS[11])
    end
  end
end
return { removed, entries, overtaken, partDueAt }
