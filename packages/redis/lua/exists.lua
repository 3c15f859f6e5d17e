-- include read-head
if state == 'done' then return '1' end
return '0'
