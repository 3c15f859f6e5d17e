/**
 * Assembled from the files of lua/ by "pnpm --filter @idem/redis write-scripts"; do not edit. Where
 * a line says that it is only for an option of the store, the others are not sent it.
 */
export type ScriptName =
  | 'find'
  | 'exists'
  | 'store'
  | 'remove'
  | 'claim'
  | 'complete'
  | 'release'
  | 'renew'
  | 'inspect'
  | 'probe';

export const TEXTS: Readonly<Record<ScriptName, string>> = {
  find: String.raw`
local r = redis.call('GET', KEYS[1])
if not r then return false end
if string.sub(r, 1, 11) == 'idem1 done ' then return r end -- only without replayCache
if string.sub(r, 1, 11) == 'idem1 done ' then -- only with replayCache
  local t = redis.call('TIME') -- only with replayCache
  local rest = redis.call('PTTL', KEYS[1]) -- only with replayCache
  if rest >= 0 then rest = rest + t[1] * 1000 + math.floor(t[2] / 1000) end -- only with replayCache
  return { r, string.format('%.0f', rest) } -- only with replayCache
end -- only with replayCache
local state, fence, takeover, token, fingerprint, left
local size = #r
fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
if fence then
  state, left = 'claimed', redis.call('PTTL', KEYS[1])
  if left == -1 then return 'X' end
  left = left - 86400001
else
  local bytes, at
  state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
  if not fence then
    state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
    if not fence then return 'X' end
  elseif at - 1 + bytes ~= size then
    return 'X'
  end
end
if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
return false
`,
  exists: String.raw`
local state, fence, takeover, token, fingerprint, left = 'none'
local r = redis.call('GETRANGE', KEYS[1], '0', '511')
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  local size = #r < 512 and #r or redis.call('STRLEN', KEYS[1])
  fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
  if fence then
    state, left = 'claimed', redis.call('PTTL', KEYS[1])
    if left == -1 then return 'X' end
    left = left - 86400001
  else
    local bytes, at
    state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
    if not fence then
      state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
      if not fence then return 'X' end
    elseif at - 1 + bytes ~= size then
      return 'X'
    end
  end
  if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
end
if state == 'done' then return '1' end
return '0'
`,
  store: String.raw`
local state, fence, takeover, token, fingerprint, left = 'none'
local r = redis.call('GETRANGE', KEYS[1], '0', '511')
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  local size = #r < 512 and #r or redis.call('STRLEN', KEYS[1])
  fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
  if fence then
    state, left = 'claimed', redis.call('PTTL', KEYS[1])
    if left == -1 then return 'X' end
    left = left - 86400001
  else
    local bytes, at
    state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
    if not fence then
      state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
      if not fence then return 'X' end
    elseif at - 1 + bytes ~= size then
      return 'X'
    end
  end
  if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
end
redis.call('SET', KEYS[1], 'idem1 done ' .. (fence or '0') .. ARGV[3] .. ARGV[1], 'PX', ARGV[2])
redis.pcall('PUBLISH', KEYS[1], '') -- only with wakeUp
return '1'
`,
  remove: String.raw`
local function vacate()
  local state, fence, takeover, token, fingerprint, left = 'none'
  local r = redis.pcall('GETRANGE', KEYS[1], '0', '511')
  if type(r) == 'table' then
    if string.find(r.err, 'WRONGTYPE', 1, true) then return 'X' end
    return r
  end
  if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
    local size = #r < 512 and #r or redis.call('STRLEN', KEYS[1])
    fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
    if fence then
      state, left = 'claimed', redis.call('PTTL', KEYS[1])
      if left == -1 then return 'X' end
      left = left - 86400001
    else
      local bytes, at
      state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
      if not fence then
        state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
        if not fence then return 'X' end
      elseif at - 1 + bytes ~= size then
        return 'X'
      end
    end
    if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
  end
  if state == 'none' or state == 'vacant' or (state == 'claimed' and left < 0) then
    redis.call('GETEX', KEYS[1])
    return '1'
  end
  local by = 'remove'
  local vacated = redis.pcall('SET', KEYS[1], 'idem1 vacant ' .. fence .. ' ' .. by .. '\n', 'PX', '3600000')
  if vacated.err then redis.call('DEL', KEYS[1]) end
  return '1'
end
local done = vacate()
if done == 'X' then
  redis.call('DEL', KEYS[1])
  done = '1'
end
redis.pcall('PUBLISH', KEYS[1], '') -- only with wakeUp
return done
`,
  claim: String.raw`
local r = redis.call('GET', KEYS[1])
if not r then
  local t = redis.call('TIME') -- only with timeInScripts
  local now = string.format('%s%06d', t[1], t[2]) -- only with timeInScripts
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) -- only without timeInScripts
  local now = string.format('%.0f000', redis.call('PEXPIRETIME', KEYS[1]) - ARGV[2]) -- only without timeInScripts
  redis.call('SET', KEYS[1], 'idem1 claimed ' .. now .. ' 0 ' .. ARGV[1], 'PX', ARGV[2])
  return 'A0' .. now
end
if string.sub(r, 1, 11) == 'idem1 done ' then return r end -- only without replayCache
if string.sub(r, 1, 11) == 'idem1 done ' then -- only with replayCache
  local t = redis.call('TIME') -- only with replayCache
  local rest = redis.call('PTTL', KEYS[1]) -- only with replayCache
  if rest >= 0 then rest = rest + t[1] * 1000 + math.floor(t[2] / 1000) end -- only with replayCache
  return { r, string.format('%.0f', rest) } -- only with replayCache
end -- only with replayCache
local state, fence, takeover, token, fingerprint, left
local size = #r
fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
if fence then
  state, left = 'claimed', redis.call('PTTL', KEYS[1])
  if left == -1 then return 'X' end
  left = left - 86400001
else
  local bytes, at
  state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
  if not fence then
    state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
    if not fence then return 'X' end
  elseif at - 1 + bytes ~= size then
    return 'X'
  end
end
if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
local displaced = '0'
if state == 'claimed' then
  if left >= 0 then
    if string.find(ARGV[1], token .. ' ', 1, true) ~= 1 then
      return 'P' .. math.max(left, 1) .. ' ' .. fingerprint
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return 'A' .. takeover .. fence
  end
  displaced = '1'
end
local t = redis.call('TIME') -- only with timeInScripts
local now = t[1] * 1000000 + t[2] -- only with timeInScripts
local now = redis.call('PEXPIRETIME', KEYS[1]) - redis.call('PTTL', KEYS[1]) -- only without timeInScripts
now = now * 1000 -- only without timeInScripts
local next = string.format('%.0f', math.max(fence + 1, now))
redis.call('SET', KEYS[1], 'idem1 claimed ' .. next .. ' ' .. displaced .. ' ' .. ARGV[1], 'PX', ARGV[2])
return 'A' .. displaced .. next
`,
  complete: String.raw`
local r = redis.call('GETEX', KEYS[1])
if not r then return '0' end
local state, fence, takeover, token, fingerprint, left
local size = #r
fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
if fence then
  state, left = 'claimed', redis.call('PTTL', KEYS[1])
  if left == -1 then return 'X' end
  left = left - 86400001
else
  local bytes, at
  state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
  if not fence then
    state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
    if not fence then return 'X' end
  elseif at - 1 + bytes ~= size then
    return 'X'
  end
end
if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
if token ~= ARGV[1] then return '0' end
if state == 'claimed' and left >= 0 then
  local record = 'idem1 done ' .. fence .. ' ' .. token .. ' ' .. fingerprint .. ARGV[4] .. ARGV[2]
  local written = redis.pcall('SET', KEYS[1], record, 'PX', ARGV[3])
  if written.err then
    if not string.find(written.err, 'OOM', 1, true) then return written end
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    redis.call('SET', KEYS[1], record, 'PX', ARGV[3])
  end
  redis.pcall('PUBLISH', KEYS[1], '') -- only with wakeUp
  return '1'
end
if state == 'done' then
  local rest = redis.call('PTTL', KEYS[1]) -- only with replicas
  if rest > 0 then redis.call('PEXPIRE', KEYS[1], rest) end -- only with replicas
  return '1'
end
return '0'
`,
  release: String.raw`
local state, fence, takeover, token, fingerprint, left = 'none'
local r = redis.call('GETRANGE', KEYS[1], '0', '511')
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  local size = #r < 512 and #r or redis.call('STRLEN', KEYS[1])
  fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
  if fence then
    state, left = 'claimed', redis.call('PTTL', KEYS[1])
    if left == -1 then return 'X' end
    left = left - 86400001
  else
    local bytes, at
    state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
    if not fence then
      state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
      if not fence then return 'X' end
    elseif at - 1 + bytes ~= size then
      return 'X'
    end
  end
  if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
end
if state == 'vacant' and token == ARGV[2] then return '1' end
if state == 'claimed' and left >= 0 and token == ARGV[1] then
  local by = ARGV[2]
  local vacated = redis.pcall('SET', KEYS[1], 'idem1 vacant ' .. fence .. ' ' .. by .. '\n', 'PX', '3600000')
  if vacated.err then redis.call('DEL', KEYS[1]) end
  redis.pcall('PUBLISH', KEYS[1], '') -- only with wakeUp
  return '1'
end
redis.call('GETEX', KEYS[1])
return '0'
`,
  renew: String.raw`
local state, fence, takeover, token, fingerprint, left = 'none'
local r = redis.call('GETRANGE', KEYS[1], '0', '511')
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  local size = #r < 512 and #r or redis.call('STRLEN', KEYS[1])
  fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
  if fence then
    state, left = 'claimed', redis.call('PTTL', KEYS[1])
    if left == -1 then return 'X' end
    left = left - 86400001
  else
    local bytes, at
    state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
    if not fence then
      state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
      if not fence then return 'X' end
    elseif at - 1 + bytes ~= size then
      return 'X'
    end
  end
  if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
end
if state == 'claimed' and left >= 0 and token == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return '1'
end
redis.call('GETEX', KEYS[1])
return '0'
`,
  inspect: String.raw`
local state, fence, takeover, token, fingerprint, left = 'none'
local r = redis.call('GETRANGE', KEYS[1], '0', '511')
if r ~= '' or redis.call('EXISTS', KEYS[1]) == 1 then
  local size = #r < 512 and #r or redis.call('STRLEN', KEYS[1])
  fence, takeover, token, fingerprint = string.match(r, '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$')
  if fence then
    state, left = 'claimed', redis.call('PTTL', KEYS[1])
    if left == -1 then return 'X' end
    left = left - 86400001
  else
    local bytes, at
    state, fence, token, fingerprint, bytes, at = 'done', string.match(r, '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()')
    if not fence then
      state, fence, token = 'vacant', string.match(r, '^idem1 vacant (%d+) ([%w_.-]+)\n$')
      if not fence then return 'X' end
    elseif at - 1 + bytes ~= size then
      return 'X'
    end
  end
  if #fence > 16 or fence + 0 > 9007199254740990 then return 'X' end
end
if state == 'claimed' then
  if left < 0 then return 'V1' end
  local t = redis.call('TIME') -- only with timeInScripts
  local now = t[1] * 1000000 + t[2] -- only with timeInScripts
  local now = redis.call('PEXPIRETIME', KEYS[1]) - redis.call('PTTL', KEYS[1]) -- only without timeInScripts
  now = now * 1000 -- only without timeInScripts
  local held = math.max(now - fence, 0)
  return string.format('C%s %s %.0f %.0f ', takeover, fence, held, math.max(left, 1)) .. fingerprint
end
if state == 'done' then
  local rest = redis.call('PTTL', KEYS[1])
  if rest == 0 then rest = 1 end
  return string.format('D%.0f ', rest) .. fingerprint
end
return 'V0'
`,
  probe: `
redis.call('GETEX', KEYS[1])
local t = redis.call('TIME')
redis.call('PUBLISH', ARGV[1], ARGV[2] .. ' ' .. string.format('%s%06d', t[1], t[2]))
return '1'
`,
};
