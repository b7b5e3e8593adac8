-- ARGV 7 consumer, 8 channel, 9 epoch or '', 10 after, 11 limit
local epoch, n, meta = stand(ARGV[7], ARGV[8])
local asked, after = ARGV[9], tonumber(ARGV[10])
if asked == '' then
  return {epoch, n, 0, {}}
end
local recovered = asked == epoch and after <= n
if asked ~= epoch then
  local before = redis.call('HMGET', meta, 'pe', 'pn')
  recovered = before[1] == asked and after <= tonumber(before[2])
end
local from = '-'
if recovered then
  from = whole(after + 1) .. '-0'
end
local stream = base .. 's:' .. ARGV[7] .. ':' .. ARGV[8]
local rows = redis.call('XRANGE', stream, from, '+', 'COUNT', ARGV[11])
if recovered and after < n then
  recovered = rows[1] ~= nil and rows[1][1] == from
end
return {epoch, n, recovered and 1 or 0, rows}
