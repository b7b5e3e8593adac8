-- Put before each script. KEYS[1] is the common part of all keys of one shard, 'tidegate:{7}:', so that they lie in one
-- slot; the rest of a key is built here, since it depends on what is found.
--   c:<id>                    a command (s: 0 accepting, then the ordinal of its status from 1; m: 1 when an attempt that
--                             is over may have reached the log)
--   k:<length>:<consumer>:<k> an idempotency key -> id, fingerprint
--   d                         commands that nobody has started, accepted or not, by the time when they expire
--   m:<consumer>:<channel>    where a private stream stands: epoch, sequence, the server's run; what the epoch before it reached
--   s:<consumer>:<channel>    the private stream itself, its entries under their sequence
local base = KEYS[1]
local now, run, fresh = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local ttl, keep, longest = ARGV[4], ARGV[5], ARGV[6]

local function whole(n)
  return string.format('%d', n)
end

-- A server that was restarted may have lost its last writes, and with them sequences that clients have seen: the numbers go
-- on, under a new epoch, and what the old epoch had reached is remembered.
local function stand(consumer, channel)
  local meta = base .. 'm:' .. consumer .. ':' .. channel
  local m = redis.call('HMGET', meta, 'e', 'n', 'r')
  if not m[1] then
    redis.call('DEL', base .. 's:' .. consumer .. ':' .. channel)
    redis.call('HSET', meta, 'e', fresh, 'n', '0', 'r', run)
    m = {fresh, '0'}
  elseif m[3] ~= run then
    redis.call('HSET', meta, 'e', fresh, 'r', run, 'pe', m[1], 'pn', m[2])
    m[1] = fresh
  end
  redis.call('PEXPIRE', meta, ttl)
  return m[1], tonumber(m[2]), meta
end

local function emitOn(out, channel, id, c, status, at, rs, rb)
  local epoch, n, meta = stand(c.consumer, channel)
  n = n + 1
  local stream = base .. 's:' .. c.consumer .. ':' .. channel
  redis.call('HSET', meta, 'n', whole(n))
  redis.call('XADD', stream, 'MAXLEN', '~', longest, whole(n) .. '-0',
    'i', id, 's', status, 'a', c.at, 'u', at, 'rs', rs, 'rb', rb)
  -- Two old entries go for each new one, so that age bounds a busy stream too.
  for _, old in ipairs(redis.call('XRANGE', stream, '-', '+', 'COUNT', 2)) do
    if tonumber(old[2][8]) < now - tonumber(keep) then
      redis.call('XDEL', stream, old[1])
    end
  end
  redis.call('PEXPIRE', stream, keep)
  out[#out + 1] = {channel, epoch, n, status, tonumber(at)}
end

local function emit(out, id, c, status, at, rs, rb)
  local first = #out + 1
  emitOn(out, 'requests', id, c, status, at, rs, rb)
  if c.channel ~= 'requests' then
    emitOn(out, c.channel, id, c, status, at, rs, rb)
  end
  return first
end
