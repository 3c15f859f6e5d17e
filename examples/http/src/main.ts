/** `node src/main.ts express 3000` serves the example of that name. */
import type { Running } from './service.ts';

const [name = 'express', port = '3000'] = process.argv.slice(2);
const names = ['express', 'fastify', 'fetch', 'hono', 'koa', 'node'];
if (!names.includes(name)) {
  console.error(`There is no example ${name}. These are there: ${names.join(', ')}.`);
  process.exit(2);
}
const example: { start(port: number): Promise<Running> } = await import(`./${name}.ts`);
const { url } = await example.start(Number(port));
console.log(`${name} serves ${url}/payments`);
