/** Processes at the head of a group of their own, and folders: what must be gone when this process is. */
import { rmSync } from 'node:fs';

const leaders = new Set<number>();
const folders = new Set<string>();

/** Ends all of it when this process ends, by itself or by Ctrl-C: it is in no group that a terminal ends. */
export function endGroup(leader: number): void {
  leaders.delete(leader);
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // Nobody of the group is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

export function ownGroup(leader: number): void {
  listen();
  leaders.add(leader);
}

export function ownFolder(folder: string): void {
  listen();
  folders.add(folder);
}

export function removeFolder(folder: string): void {
  folders.delete(folder);
  // What was ended in the middle may still be writing its last.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function endAll(): void {
  for (const leader of leaders) endGroup(leader);
  for (const folder of folders) removeFolder(folder);
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('exit', endAll);
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.once(signal, () => process.exit(128 + number));
  }
}
