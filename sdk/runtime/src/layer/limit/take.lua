-- Lets one call pass, or tells why not: { 0 }, { 1, wait }, { 2, ban, which }, in microseconds.
-- KEYS: the count, then whatever may be banned. ARGV: period, burst and what the call leaves, in microseconds, calls, calls.
local ban, which = 0, 0
for i = 2, #KEYS do
  local left = redis.call('PTTL', KEYS[i])
  if left > ban then
    ban, which = left, i - 2
  end
end
if ban > 0 then
  return { 2, ban * 1000, which }
end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local period, burst, leave = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- The time at which all calls that have passed are paid for. Without a count, as after a restart that lost it, one call may pass at
-- once and no burst, for nobody knows what passed before.
local full = now + burst * period
local stored = redis.pcall('GET', KEYS[1])
local paid = type(stored) == 'string' and tonumber(stored) or full - period
-- What no call can have written is a clock that went back, a limit that was changed, or somebody else's: also what is not a number.
if not (paid <= full) then
  paid = full
elseif paid < now then
  paid = now
end

local wait = paid - now - (burst - 1 - leave) * period
if wait > 0 then
  return { 1, math.ceil(wait) }
end
-- Kept long after the burst is full again, so that a count that is missing is one that was lost.
redis.call('SET', KEYS[1], string.format('%.2f', paid + period), 'EX', 86400)
return { 0 }
