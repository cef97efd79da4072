--[[
  Sets events aside: replaces entries or parts by new parts that are retried by themselves.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] attempts   KEYS[4] aside   KEYS[5] parts   KEYS[6] pending
  KEYS[7] discarded   KEYS[8] discards refused
  ARGV[1] the run's token   ARGV[2] webhook id   ARGV[3] how many chunks KEYS[7] may hold   ARGV[4] how many are replaced
  then for each of these: id, events, '1' when it is a part or '0' when it is an entry,
    how many of its events are handed over as discarded, and their chunk
  then for each new part: id, due (epoch ms), failed transmissions, events, 'events:oldestClock:' and its chunk

  Returns 0 when another run has taken over, else 1.
]]
if redis.call('HGET', KEYS[2], 'run') ~= ARGV[1] then
  return 0
end
local change = 0
local i = 5
for _ = 1, tonumber(ARGV[4]) do
  local gone
  if ARGV[i + 2] == '1' then
    gone = redis.call('HDEL', KEYS[5], ARGV[i])
    redis.call('ZREM', KEYS[4], ARGV[i])
  else
    gone = redis.call('XDEL', KEYS[1], ARGV[i])
  end
  redis.call('HDEL', KEYS[3], ARGV[i])
  if gone == 1 then
    change = change - tonumber(ARGV[i + 1])
    if ARGV[i + 3] ~= '0' then
      if redis.call('XLEN', KEYS[7]) < tonumber(ARGV[3]) then
        redis.call('XADD', KEYS[7], '*', 'w', ARGV[2], 'u', ARGV[i], 'n', ARGV[i + 3], 'c', ARGV[i + 4])
      else
        redis.call('INCRBY', KEYS[8], ARGV[i + 3])
      end
    end
  end
  i = i + 5
end
-- An earlier run has removed all of it meanwhile (it was delivered), or this call is sent again.
if change == 0 then
  return 1
end
while i <= #ARGV do
  redis.call('ZADD', KEYS[4], ARGV[i + 1], ARGV[i])
  redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 4])
  change = change + tonumber(ARGV[i + 3])
  if ARGV[i + 2] ~= '0' then
    redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 2])
    redis.call('HSET', KEYS[2], 'failed', 1)
  end
  i = i + 5
end
if change ~= 0 then
  redis.call('HINCRBY', KEYS[6], ARGV[2], change)
end
return 1
