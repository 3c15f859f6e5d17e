import type { Argument, ScriptClient } from './client.ts';
import type { Script } from './scripts/script.ts';

/** Runs a script on one key: by its name, and with its text when the server does not know it (yet). */
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
  return client.evalshaBuffer(script.sha, 1, key, ...args).catch((error: unknown) => {
    if (!isUnknownScript(error)) throw error;
    return client.evalBuffer(script.source, 1, key, ...args);
  });
}

async function evaluateAlone(
  client: ScriptClient,
  script: Script,
  key: string,
  args: readonly Argument[],
): Promise<unknown> {
  const short = client.pipeline();
  short.evalshaBuffer(script.sha, 1, key, ...args);
  const [error, reply] = (await short.exec())?.[0] ?? [new Error('Connection is closed.')];
  if (!error) return reply;
  if (!isUnknownScript(error)) throw error;
  const whole = client.pipeline();
  whole.evalBuffer(script.source, 1, key, ...args);
  const [fault, answer] = (await whole.exec())?.[0] ?? [new Error('Connection is closed.')];
  if (fault) throw fault;
  return answer;
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
