-- The record: one line of text that `redis-cli GET` shows, then the bytes of the value.
--
--     idem1 claimed <fence> <takeover, 0 or 1> <token> <fingerprint>\n
--     idem1 done <fence> <token> <fingerprint> <length of the value>\n<value>
--     idem1 vacant <fence> <who left it>\n
--
-- When it ends is the expiry of its key, and nothing in it: a completed record ends with its key, a
-- vacant one is forgotten with it, and the lease of a claim ends CLAIM_KEPT before it, for a claim
-- that lapsed is remembered. Redis keeps a key through its last millisecond, so what ends does so
-- within a millisecond after its time and never before it.
--
-- A string value, because a hash measured a third slower, and because its type tells it from no
-- other. These names stand for their values in the other files of this folder.

CLAIMED = 'idem1 claimed '
DONE = 'idem1 done '
VACANT = 'idem1 vacant '

-- How long DONE is.
DONE_LENGTH = 11

-- The three lines. Whoever reads a record judges it by these, or by completed-header.ts.
CLAIMED_LINE = '^idem1 claimed (%d+) ([01]) ([%w_-]+) ([!-~]*)\n$'
DONE_LINE = '^idem1 done (%d+) ([%w_-]*) ([!-~]*) (%d+)\n()'
VACANT_LINE = '^idem1 vacant (%d+) ([%w_.-]+)\n$'

-- A fence beyond this is damaged: a number of ours counts no further, and as microseconds since the
-- epoch it is in the year 2255. completed-header.ts has it too.
LAST_FENCE = 9007199254740990

-- Longer than any line, so that a read of this much never needs the value; and its last byte.
HEAD = 512
HEAD_LAST = '511'

-- How much longer than its lease Redis keeps a claim, in milliseconds: a day, and one.
CLAIM_KEPT = 86400001

-- How long a released or removed key remembers its fence, in milliseconds: an hour.
VACANT_KEPT = '3600000'
