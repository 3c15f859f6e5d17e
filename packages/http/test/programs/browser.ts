/**
 * Loads the client where there are only the globals that browsers and Workers have, no process, no Buffer
 * and no modules but its own, sends one request to the URL given, and prints what it got.
 * Run with --experimental-vm-modules.
 */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { createContext, runInContext, SourceTextModule } from 'node:vm';

const globals = createContext({
  ...{ fetch, Headers, Request, Response, FormData, Blob, URL, URLSearchParams, ReadableStream },
  ...{ AbortController, AbortSignal, DOMException, TextDecoder, TextEncoder },
  ...{ crypto, performance, setTimeout, clearTimeout, url: process.argv[2] },
});
const loaded = new Map<string, SourceTextModule>();

async function load(url: URL): Promise<SourceTextModule> {
  const known = loaded.get(url.href);
  if (known !== undefined) return known;
  const code = stripTypeScriptTypes(await readFile(url, 'utf8'));
  const module = new SourceTextModule(code, { context: globals, identifier: url.href });
  loaded.set(url.href, module);
  return module;
}

const client = await load(new URL('../../src/client/index.ts', import.meta.url));
await client.link((name, from) => {
  if (!name.startsWith('./')) throw new Error(`${from.identifier} imports ${name}`);
  return load(new URL(name, from.identifier));
});
await client.evaluate();
Object.assign(globals, { client: client.namespace });
const code = `(async () => {
  const send = client.idempotentFetch({ minDelay: 1 });
  const body = new Uint8Array([1, 2, 3]);
  const { response, key, attempts } = await send.run(url, { method: 'POST', body });
  return JSON.stringify({ text: await response.text(), key, attempts });
})()`;
console.log(await runInContext(code, globals));
