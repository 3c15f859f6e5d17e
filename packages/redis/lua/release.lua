-- ARGV: token, the name of this call.
--
-- The vacant record keeps the name of the call that left it, so that the same call, sent again
-- after its reply was lost, is still told that it released, and any other call is not.
-- include read-head
if state == 'vacant' and token == ARGV[2] then return '1' end
if state == 'claimed' and left >= 0 and token == ARGV[1] then
  local by = ARGV[2]
  -- include vacate
  -- include wake
  return '1'
end
-- include not-of-a-replica
return '0'
