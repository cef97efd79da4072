--[[
  Permits a POST to a webhook whose number of requests a second is limited: each permit keeps the next one away for
  an interval. It goes by Redis' own clock, because workers' clocks differ.

  KEYS[1] state   ARGV[1] the run's token   ARGV[2] the interval (microseconds)

  Returns false when another run has taken over, 0 with the permit, else how long to wait for it (microseconds).
]]
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  return false
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[2])
local wait = tonumber(redis.call('HGET', KEYS[1], 'permitAt') or 0) - now
if wait > 0 and wait <= interval then
  return wait
end
-- Further away than an interval: the clock was set back, or the limit raised.
redis.call('HSET', KEYS[1], 'permitAt', string.format('%.0f', now + interval))
return wait > 0 and interval or 0
