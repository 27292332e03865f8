-- Lets one call pass, or tells why not: { 0, odd }, { 1, wait, odd }, { 2, ban, which }, in microseconds; odd is 1 if what was stored is
-- no count, else 0.
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
local paid = type(stored) == 'string' and tonumber(stored)
-- What is no number, or none that has an end, nobody here has written. It is no count, like one that is not there.
local known = paid and paid - paid == 0
local odd = stored and not known and 1 or 0
if not known then
  paid = full - period
elseif paid > full then
  -- A clock that went back, or a limit that was changed.
  paid = full
elseif paid < now then
  paid = now
end

local wait = paid - now - (burst - 1 - leave) * period
if wait > 0 then
  -- A count that is not there would start anew at each question, and calls that leave something would never pass.
  if not known then
    redis.call('SET', KEYS[1], string.format('%.2f', paid), 'EX', 86400)
  end
  return { 1, math.ceil(wait), odd }
end
-- Kept long after the burst is full again, so that a count that is missing is one that was lost.
redis.call('SET', KEYS[1], string.format('%.2f', paid + period), 'EX', 86400)
return { 0, odd }
