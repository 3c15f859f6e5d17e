import { runDemo } from './demo.ts';
import { showOutput } from './readme.ts';

const { code, output, errors } = await runDemo();
if (code !== 0) throw new Error(errors);
await showOutput(output);
