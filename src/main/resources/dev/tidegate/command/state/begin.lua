-- ARGV 7 id, 8 consumer, 9 channel, 10 idempotency key or '', 11 fingerprint, 12 acceptedAt, 13 deadline and grace, 14 lease
local earlier = false
local id, consumer, key, fingerprint = ARGV[7], ARGV[8], ARGV[10], ARGV[11]
if key ~= '' then
  local k = base .. 'k:' .. #consumer .. ':' .. consumer .. ':' .. key
  local held = redis.call('HMGET', k, 'i', 'f')
  if held[1] then
    if held[2] ~= fingerprint then
      return {'reused'}
    end
    local c = redis.call('HMGET', base .. 'c:' .. held[1], 's', 'a', 'l')
    if c[1] and tonumber(c[1]) >= 1 then
      return {'replay', held[1], tonumber(c[2])}
    end
    if c[1] and tonumber(c[3]) > now then
      return {'busy', held[1], tonumber(c[3]) - now}
    end
    -- Whatever became of it, the earlier attempt may be in the log: from now on nobody may forget this id.
    id, earlier = held[1], true
  else
    redis.call('HSET', k, 'i', id, 'f', fingerprint)
  end
  redis.call('PEXPIRE', k, ttl)
end
local c = base .. 'c:' .. id
redis.call('HSET', c, 's', '0', 'c', consumer, 'ch', ARGV[9], 'a', ARGV[12], 'l', whole(now + tonumber(ARGV[14])))
if earlier then
  redis.call('HSET', c, 'm', '1')
end
redis.call('PEXPIRE', c, ttl)
redis.call('ZADD', base .. 'd', ARGV[13], id)
redis.call('PEXPIRE', base .. 'd', ttl)
return {'proceed', id, earlier and 1 or 0}
