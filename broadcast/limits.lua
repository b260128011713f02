-- The pace of one channel: reserves departure slots, and slows everybody down when the platform asks for it.
-- KEYS[1]: a hash with
--   free    when the next free slot is, in microseconds of the server's clock (the one clock all workers share)
--   hold    before when nothing in bulk may leave
--   factor  which part of the rate was allowed at `since`; it grows back to all of it in `ramp`
--   at      when these were written: later than now, the server's clock was set back since, and all of them with it
-- ARGV: what, then for
--   bulk, reply: slots a second, how many slots, how far ahead (us) a reservation may reach, ramp (us), how long
--                after its time (us) the next slot of bulk may still be taken
--                answers {granted, us until the first slot, us between slots}; granted is 0 when the first is
--                further ahead than that: come back then
--   ease:        the factor to go down to, us to hold, ramp (us); never speeds anything up
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local state = redis.call('HMGET', KEYS[1], 'free', 'hold', 'factor', 'since', 'at')
local back = math.max(0, tonumber(state[5] or '0') - now)
local free, hold, since = (state[1] or 0) - back, (state[2] or 0) - back, (state[4] or 0) - back
local ramp = tonumber(ARGV[1] == 'ease' and ARGV[4] or ARGV[5])
local factor = math.min(1, tonumber(state[3] or '1') + math.max(0, now - since) / ramp)
local function stored(number) return string.format('%.0f', number) end
if back > 0 then redis.call('HSET', KEYS[1], 'free', stored(free), 'hold', stored(hold), 'since', stored(since)) end
redis.call('HSET', KEYS[1], 'at', stored(now))

if ARGV[1] == 'ease' then
    hold = math.max(hold, now + ARGV[3])
    since = math.max(now, hold)
    if ARGV[3] == '0' then since = now end
    if tonumber(ARGV[2]) < factor or ARGV[3] ~= '0' then
        factor = math.min(factor, tonumber(ARGV[2]))
        redis.call('HSET', KEYS[1], 'factor', tostring(factor), 'since', stored(since), 'hold', stored(hold))
    end
    redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(hold, free) - now + ramp) / 1000) + 1000)
    return {}
end

local start = math.max(free, now)
if ARGV[1] == 'bulk' then
    if free >= now - ARGV[6] then start = free end
    start = math.max(start, hold)
end
local between = 1000000 / (ARGV[2] * factor)
local wait = start - now
if wait > tonumber(ARGV[4]) then return {0, wait, between} end
local granted = math.max(1, math.floor(ARGV[3] * factor))
free = start + granted * between
redis.call('HSET', KEYS[1], 'free', stored(free))
redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(hold, free) - now + ramp) / 1000) + 1000)
return {granted, wait, between}
