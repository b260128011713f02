-- Reserves `count` departure slots on a channel and answers when the first one is.
-- KEYS[1]: when the next free slot is, in microseconds of the server's clock (the one clock all workers share)
-- ARGV: slots a second, how many slots, how far ahead (microseconds) a reservation may reach
-- Answers {granted, microseconds until the first slot}; granted is 0 when that is too far ahead: come back then.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
if free < now then free = now end
local wait = free - now
if wait > tonumber(ARGV[3]) then return {0, wait} end
local after = free + ARGV[2] * 1000000 / ARGV[1]
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
return {tonumber(ARGV[2]), wait}
