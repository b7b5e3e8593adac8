-- ARGV 7 id, 8 consumer, 9 idempotency key or '', 10 '1' when it was never sent
local id, consumer, key = ARGV[7], ARGV[8], ARGV[9]
local at = base .. 'c:' .. id
local c = redis.call('HMGET', at, 's', 'm')
if c[1] == '0' then
  if ARGV[10] ~= '1' then
    redis.call('HSET', at, 'l', '0', 'm', '1')
  elseif c[2] == '1' then
    redis.call('HSET', at, 'l', '0')
  else
    redis.call('DEL', at)
    redis.call('ZREM', base .. 'd', id)
    local k = base .. 'k:' .. #consumer .. ':' .. consumer .. ':' .. key
    if key ~= '' and redis.call('HGET', k, 'i') == id then
      redis.call('DEL', k)
    end
  end
end
return 1
