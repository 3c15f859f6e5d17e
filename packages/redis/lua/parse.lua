-- What the line in `r` says, of a string of `size` bytes: `state`, `fence`, `takeover`, `token` and
-- `fingerprint`; of a claim also `left`, the milliseconds of its lease, below 0 when it has lapsed.
-- Answers X for what this library did not write, for what is damaged (a fence that none can
-- follow, too), and for a claim without an end.
fence, takeover, token, fingerprint = string.match(r, CLAIMED_LINE)
if fence then
  state, left = 'claimed', redis.call('PTTL', KEYS[1])
  if left == -1 then return 'X' end
  left = left - CLAIM_KEPT
else
  local bytes, at
  state, fence, token, fingerprint, bytes, at = 'done', string.match(r, DONE_LINE)
  if not fence then
    state, fence, token = 'vacant', string.match(r, VACANT_LINE)
    if not fence then return 'X' end
  elseif at - 1 + bytes ~= size then
    return 'X'
  end
end
if #fence > 16 or fence + 0 > LAST_FENCE then return 'X' end
