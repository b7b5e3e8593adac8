-- Put before the scripts that move a command on.
-- Returns what it changed, or nil when there is no such command.
local function step(id, to, source, rs, rb)
  local at = base .. 'c:' .. id
  local f = redis.call('HMGET', at, 's', 'c', 'ch', 'a', 'src', 'u', 'last')
  if not f[1] then
    return nil
  end
  local from, c, out = tonumber(f[1]), {consumer = f[2], channel = f[3], at = f[4]}, {}
  if from == to and source ~= '' and f[5] == source then
    -- The same record again: what it changed may not have been published.
    for channel, epoch, n in string.gmatch(f[7], '(%S+) (%S+) (%d+)') do
      out[#out + 1] = {channel, epoch, tonumber(n), to, tonumber(f[6])}
    end
  elseif from < 3 and from < to and not (to == 5 and from > 1) then
    if from == 0 and to > 1 then
      emit(out, id, c, 1, c.at, '', '')
    end
    redis.call('HSET', at, 's', whole(to), 'u', ARGV[1], 'src', source, 'rs', rs, 'rb', rb)
    redis.call('PEXPIRE', at, ttl)
    redis.call('ZREM', base .. 'd', id)
    local first, last = emit(out, id, c, to, ARGV[1], rs, rb), {}
    for i = first, #out do
      last[#last + 1] = out[i][1] .. ' ' .. out[i][2] .. ' ' .. whole(out[i][3])
    end
    redis.call('HSET', at, 'last', table.concat(last, ' '))
  end
  return {c.consumer, tonumber(c.at), out, id}
end
