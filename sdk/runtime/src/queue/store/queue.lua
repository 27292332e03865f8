-- What apalis does not do, on its keys and two sets of ours. KEYS[1] is the queue, ARGV[1] what to do, then its arguments.
-- Times are milliseconds of this server's clock.

local queue, what = KEYS[1], ARGV[1]
local data, meta, active = queue .. ':data', queue .. ':meta:', queue .. ':active'
local workers, inflight = queue .. ':workers', queue .. ':inflight:'
local rooms = queue .. ':rooms'
local ready, later, done, dead = queue .. ':ready', queue .. ':later', queue .. ':ended', queue .. ':letters'

-- So many are moved or removed at once.
local SOME = 500

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function numbers(id, names)
  local found = redis.call('HMGET', meta .. id, unpack(names))
  for i = 1, #names do found[i] = tonumber(found[i]) or 0 end
  return found
end

-- By rank, then in the order in which they became ready.
local function wait(id)
  local rank = numbers(id, {'rank'})[1]
  redis.call('ZADD', ready, (255 - rank) * 1e12 + redis.call('INCR', queue .. ':order'), id)
end

-- Whether a worker of apalis can read it: one that cannot ends.
local function sound(id)
  if not string.match(id, '^[0-7][0-9A-HJKMNP-TV-Z]*$') or #id ~= 26 then return false end
  if redis.call('HEXISTS', data, id) == 0 or redis.call('TYPE', meta .. id).ok ~= 'hash' then return false end
  local fields = redis.call('HMGET', meta .. id, 'attempts', 'max_attempts', 'status')
  local known = {Pending = true, Queued = true, Running = true, Failed = true, Done = true, Killed = true}
  return string.match(fields[1] or '', '^%d+$') and string.match(fields[2] or '', '^%d+$') and known[fields[3] or '']
end

-- How many were buried that nobody could read, until a worker asks.
local buried = queue .. ':buried'

local function bury(id, ended)
  if redis.call('TYPE', meta .. id).ok ~= 'hash' then redis.call('DEL', meta .. id) end
  redis.call('HSET', meta .. id, 'status', 'Killed', 'result', ended, 'begun', 0)
  redis.call('ZADD', dead, now, id)
end

-- Moves what is due, and fills the list.
local function pump()
  local due = redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, SOME)
  for _, id in ipairs(due) do
    redis.call('ZREM', later, id)
    wait(id)
  end
  -- As much as the workers that live could take before this is asked again: what still waits may be overtaken.
  local room = -redis.call('LLEN', active)
  for _, slots in ipairs(redis.call('HVALS', rooms)) do room = room + slots + 2 end
  if room > 0 then
    for _, id in ipairs(redis.call('ZRANGE', ready, 0, room - 1)) do
      redis.call('ZREM', ready, id)
      if sound(id) then
        redis.call('RPUSH', active, id)
      else
        bury(id, '{"failure":{"reason":"unreadable"}}')
        redis.call('INCR', buried)
      end
    end
  end
end

local function forget(id)
  local key = redis.call('HGET', meta .. id, 'idempotency_key')
  if key and key ~= '' then redis.call('DEL', queue .. ':idempotency:' .. key) end
  redis.call('HDEL', data, id)
  redis.call('DEL', meta .. id)
end

local function find(id)
  local bytes = redis.call('HGET', data, id)
  local fields = {}
  if redis.call('TYPE', meta .. id).ok == 'hash' then
    fields = redis.call('HMGET', meta .. id, 'tries', 'result', 'holder')
  end
  local state = 'running'
  if redis.call('ZSCORE', dead, id) then
    state = 'dead'
  elseif redis.call('ZSCORE', done, id) then
    state = 'done'
  elseif redis.call('ZSCORE', later, id) then
    state = 'delayed'
  elseif redis.call('ZSCORE', ready, id) then
    state = 'waiting'
  else
    for _, other in ipairs(redis.call('LRANGE', active, 0, -1)) do
      if other == id then state = 'waiting' end
    end
  end
  if not bytes and state ~= 'dead' then return nil end
  return {id, bytes or '', state, fields[1] or '0', fields[2]}
end

if what == 'add' then
  local id, bytes, delay, rank, key = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
  if key ~= '' then
    local there = redis.call('GET', queue .. ':idempotency:' .. key)
    if there then return there end
    redis.call('SET', queue .. ':idempotency:' .. key, id)
  end
  redis.call('HSET', data, id, bytes)
  redis.call('HSET', meta .. id, 'attempts', 0, 'max_attempts', 25, 'status', 'Pending', 'idempotency_key', key,
    'rank', rank, 'tries', 0, 'begun', 0)
  if delay > 0 then redis.call('ZADD', later, now + delay, id) else wait(id) end
  pump()
  return id

elseif what == 'begin' then
  local worker, id, mark = ARGV[2], ARGV[3], ARGV[4]
  if redis.call('SISMEMBER', inflight .. worker, id) == 0 then return {} end
  -- Asked again, because the answer was lost.
  if redis.call('HGET', meta .. id, 'mark') == mark then return numbers(id, {'tries', 'begun'}) end
  local tries, begun = redis.call('HINCRBY', meta .. id, 'tries', 1), redis.call('HINCRBY', meta .. id, 'begun', 1)
  redis.call('HSET', meta .. id, 'status', 'Running', 'holder', worker, 'mark', mark)
  pump()
  return {tries, begun}

elseif what == 'settle' then
  local worker, id, verdict, ended, after, counts = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
  local mark = ARGV[8]
  if redis.call('SREM', inflight .. worker, id) == 0 then
    if redis.call('TYPE', meta .. id).ok == 'hash' and redis.call('HGET', meta .. id, 'settled') == mark then return 1 end
    return 0
  end
  redis.call('HSET', meta .. id, 'begun', 0, 'result', ended, 'settled', mark)
  redis.call('HDEL', meta .. id, 'holder')
  if counts == '0' then redis.call('HINCRBY', meta .. id, 'tries', -1) end
  if verdict == 'done' then
    redis.call('HSET', meta .. id, 'status', 'Done')
    redis.call('ZADD', done, now, id)
  elseif verdict == 'again' then
    redis.call('HSET', meta .. id, 'status', 'Pending')
    redis.call('ZADD', later, now + after, id)
  else
    bury(id, ended)
  end
  pump()
  return 1

elseif what == 'beat' then
  for i = 3, #ARGV do
    redis.call('ZADD', workers, 'XX', time[1], ARGV[i])
    redis.call('HSET', rooms, ARGV[i], ARGV[2])
  end
  for _, worker in ipairs(redis.call('HKEYS', rooms)) do
    if not redis.call('ZSCORE', workers, worker) then redis.call('HDEL', rooms, worker) end
  end
  pump()
  local found = tonumber(redis.call('GET', buried) or 0)
  redis.call('DEL', buried)
  return found

elseif what == 'give_back' then
  local worker, ends, unreadable = ARGV[2], ARGV[3], ARGV[4]
  local found = 0
  for _, id in ipairs(redis.call('SMEMBERS', inflight .. worker)) do
    local fine = sound(id)
    if not fine then
      redis.call('SREM', inflight .. worker, id)
      bury(id, unreadable)
      found = found + 1
    elseif redis.call('HGET', meta .. id, 'holder') ~= worker then
      redis.call('SREM', inflight .. worker, id)
      redis.call('HSET', meta .. id, 'status', 'Pending')
      wait(id)
    end
  end
  -- What somebody else has put into the list.
  for _, id in ipairs(redis.call('LRANGE', active, 0, SOME)) do
    if not sound(id) then
      redis.call('LREM', active, 0, id)
      bury(id, unreadable)
      found = found + 1
    end
  end
  if ends == '1' and redis.call('SCARD', inflight .. worker) == 0 then
    redis.call('ZREM', workers, worker)
    redis.call('HDEL', rooms, worker)
    redis.call('DEL', queue .. ':workers:metadata:' .. worker)
  end
  pump()
  return found

elseif what == 'forget' then
  local old = redis.call('ZRANGEBYSCORE', done, '-inf', now - ARGV[2], 'LIMIT', 0, SOME)
  for _, id in ipairs(old) do
    redis.call('ZREM', done, id)
    forget(id)
  end
  return #old

elseif what == 'counts' then
  pump()
  local waiting = redis.call('ZCARD', ready) + redis.call('LLEN', active)
  local delayed, ended, letters = redis.call('ZCARD', later), redis.call('ZCARD', done), redis.call('ZCARD', dead)
  local running = 0
  for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
    running = running + redis.call('SCARD', inflight .. worker)
  end
  return {waiting, delayed, running, ended, letters}

elseif what == 'find' then
  local found = find(ARGV[2])
  if found then return {found} end
  return {}

elseif what == 'list' then
  local state, most, ids = ARGV[2], tonumber(ARGV[3]), {}
  local function more(found)
    for _, id in ipairs(found) do
      if #ids < most then table.insert(ids, id) end
    end
  end
  pump()
  if most == 0 then return {} end
  if state == 'dead' then
    more(redis.call('ZREVRANGE', dead, 0, most - 1))
  elseif state == 'done' then
    more(redis.call('ZREVRANGE', done, 0, most - 1))
  elseif state == 'delayed' then
    more(redis.call('ZRANGE', later, 0, most - 1))
  elseif state == 'waiting' then
    more(redis.call('LRANGE', active, 0, most - 1))
    more(redis.call('ZRANGE', ready, 0, most - 1))
  else
    for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
      more(redis.call('SMEMBERS', inflight .. worker))
    end
  end
  local rows = {}
  for _, id in ipairs(ids) do
    local row = find(id)
    if row then table.insert(rows, row) end
  end
  return rows

elseif what == 'revive' then
  if redis.call('ZREM', dead, ARGV[2]) == 0 then return 0 end
  redis.call('HSET', meta .. ARGV[2], 'status', 'Pending', 'tries', 0, 'begun', 0)
  wait(ARGV[2])
  pump()
  return 1

elseif what == 'remove' then
  local id, found = ARGV[2], 0
  for _, set in ipairs({ready, later, done, dead}) do found = found + redis.call('ZREM', set, id) end
  found = found + redis.call('LREM', active, 0, id)
  if found == 0 then return 0 end
  forget(id)
  return 1
end

return redis.error_reply('ERR unknown')
