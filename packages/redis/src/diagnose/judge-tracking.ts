import type { Tracking } from '../replay-cache/tracking.ts';
import type { Finding } from './finding.ts';

/** Whether the server tells of changes, which the replay cache lives on. */
export async function judgeTracking(tracking: Tracking): Promise<readonly Finding[]> {
  const checked = await tracking.check();
  if (checked === undefined) return [];
  const { fault, server } = checked;
  const said = fault instanceof Error ? fault.message : String(fault);
  return [
    {
      code: 'replay-cache-off',
      severity: 'warning',
      server,
      message: `The server does not tell of changes (${said}): every replay asks it, as without replayCache.`,
      remedy:
        'Allow the user +client|id +client|tracking +subscribe +publish, the channel __redis__:invalidate and those of the prefix; or leave replayCache out.',
    },
  ];
}
