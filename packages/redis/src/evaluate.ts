import type { Argument, ScriptClient } from './client.ts';
import type { Script } from './scripts/script.ts';

/** Sends a script by its name. */
export function evaluate(
  client: ScriptClient,
  script: Script,
  key: string,
  args: readonly Argument[],
): Promise<unknown> {
  // ioredis 5 groups auto-pipelined commands by the slot of their first argument, which here is the
  // script: commands for several nodes would end in one pipeline, and be refused.
  if (client.isCluster && client.options.enableAutoPipelining === true) {
    return evaluateAlone(client, script, key, args);
  }
  return client.evalshaBuffer(script.sha, 1, key, ...args);
}

/** Sends a script with its text: to a server that does not know it, since it started or SCRIPT FLUSH. */
export function evaluateWhole(
  client: ScriptClient,
  script: Script,
  key: string,
  args: readonly Argument[],
): Promise<unknown> {
  return client.evalBuffer(script.source, 1, key, ...args);
}

export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

async function evaluateAlone(
  client: ScriptClient,
  script: Script,
  key: string,
  args: readonly Argument[],
): Promise<unknown> {
  const pipeline = client.pipeline();
  pipeline.evalshaBuffer(script.sha, 1, key, ...args);
  const [error, reply] = (await pipeline.exec())?.[0] ?? [new Error('Connection is closed.')];
  if (!error) return reply;
  if (!isUnknownScript(error)) throw error;
  const whole = client.pipeline();
  whole.evalBuffer(script.source, 1, key, ...args);
  const [fault, answer] = (await whole.exec())?.[0] ?? [new Error('Connection is closed.')];
  if (fault) throw fault;
  return answer;
}
