import { standalone } from '../../../packages/redis/test/support/backends.ts';
import { locate } from '../../../packages/redis/test/support/locate.ts';
import { describeDemo } from './describe-demo.ts';

describeDemo('the demo on Redis', async () => {
  const source = locate();
  if (source.kind === 'none') return { absent: source.reason };
  return { ...(await standalone(source)), lease: 3000 };
});
