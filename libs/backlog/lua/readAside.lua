--[[
  Reads the parts that were set aside and are due.

  KEYS[1] aside   KEYS[2] parts   KEYS[3] attempts   KEYS[4] state
  ARGV[1] the run's token, or '' to look without owning   ARGV[2] due until (epoch ms)   ARGV[3] how many parts

  Returns false when another run has taken over,
  else a list of { id, 'events:oldestClock:' and the chunk, failed transmissions }.
]]
if ARGV[1] ~= '' and redis.call('HGET', KEYS[4], 'run') ~= ARGV[1] then
  return false
end
local result = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])) do
  local part = redis.call('HGET', KEYS[2], id)
  if part then
    result[#result + 1] = { id, part, tonumber(redis.call('HGET', KEYS[3], id) or 0) }
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return result
