--[[
  Reads entries of the backlog after a cursor, with the number of their failed transmissions.

  KEYS[1] backlog   KEYS[2] state   KEYS[3] attempts   KEYS[4] oldest
  ARGV[1] webhook id   ARGV[2] the run's token, or '' to look without owning
  ARGV[3] id of the last entry read ('-' to start at the head)   ARGV[4] how many entries

  Returns false when another run has taken over,
  else a list of { id, chunk, events, oldest clock, failed transmissions }.
]]
local state = redis.call('HMGET', KEYS[2], 'run', 'failed')
if ARGV[2] ~= '' and state[1] ~= ARGV[2] then
  return false
end
local atHead = ARGV[3] == '-'
local from = atHead and '-' or '(' .. ARGV[3]
local entries = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[4])
local ids = {}
for i, entry in ipairs(entries) do
  ids[i] = entry[1]
end
local attempts = state[2] and ids[1] and redis.call('HMGET', KEYS[3], unpack(ids)) or {}
local result = {}
for i, entry in ipairs(entries) do
  local fields = entry[2]
  result[i] = { entry[1], fields[2], tonumber(fields[4]), tonumber(fields[6]), tonumber(attempts[i] or 0) }
end
if atHead and entries[1] then
  redis.call('ZADD', KEYS[4], entries[1][2][6], ARGV[1])
end
return result
