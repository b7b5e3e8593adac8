-- ARGV 7 id, 8 consumer, 9 channel, 10 idempotency key or '', 11 fingerprint, 12 acceptedAt, 13 deadline and grace, 14 position
local id, consumer, key = ARGV[7], ARGV[8], ARGV[10]
local at = base .. 'c:' .. id
local c = redis.call('HMGET', at, 's', 'a')
if not c[1] then
  c = {'0', ARGV[12]}
  redis.call('HSET', at, 's', '0', 'c', consumer, 'ch', ARGV[9], 'a', ARGV[12])
  if key ~= '' then
    local k = base .. 'k:' .. #consumer .. ':' .. consumer .. ':' .. key
    if redis.call('HSETNX', k, 'i', id) == 1 then
      redis.call('HSET', k, 'f', ARGV[11])
    end
    redis.call('PEXPIRE', k, ttl)
  end
end
redis.call('HSET', at, 'p', ARGV[14])
redis.call('PEXPIRE', at, ttl)
local out = {}
if c[1] == '0' then
  redis.call('HSET', at, 's', '1', 'u', c[2])
  redis.call('ZADD', base .. 'd', ARGV[13], id)
  redis.call('PEXPIRE', base .. 'd', ttl)
  emit(out, id, {consumer = consumer, channel = ARGV[9], at = c[2]}, 1, c[2], '', '')
end
return {consumer, tonumber(c[2]), out}
