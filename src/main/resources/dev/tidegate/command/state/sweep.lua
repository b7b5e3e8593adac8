-- ARGV 7 limit
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', base .. 'd', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[7])) do
  out[#out + 1] = step(id, 5, '', '', '')
  redis.call('ZREM', base .. 'd', id)
end
return {redis.call('ZCARD', base .. 'd'), out}
