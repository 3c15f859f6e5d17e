import { CLAIM_KEPT, digits, READ_HEAD, tillAfter, UNTIL_OFFSET, vacate } from './record.ts';
import { type Script, script } from './script.ts';

/**
 * ARGV: token, the name of this call.
 *
 * The vacant record keeps the name of the call that left it, so that the same call, sent again
 * after its reply was lost, is still told that it released, and any other call is not.
 */
export function release(wake: string): Script {
  return script(`${READ_HEAD}
if state == 'vacant' and token == ARGV[2] then return '1' end
if state == 'claimed' and ends > now and token == ARGV[1] then
  ${vacate('ARGV[2]')}
  ${wake}return '1'
end
return '0'
`);
}

/** ARGV: token, how long the key is kept (ms). Needs no memory, so a full server renews. */
export const RENEW: Script = script(`${READ_HEAD}
if state == 'claimed' and ends > now and token == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  ${tillAfter('ARGV[2]', CLAIM_KEPT)}
  redis.call('SETRANGE', KEYS[1], '${UNTIL_OFFSET}', ${digits('till')})
  return '1'
end
return '0'
`);
