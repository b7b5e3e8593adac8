-- ARGV 7 id, 8 status, 9 source, 10 result's status or '', 11 result's body or ''
return step(ARGV[7], tonumber(ARGV[8]), ARGV[9], ARGV[10], ARGV[11]) or {}
