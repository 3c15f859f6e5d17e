import { findRedis } from '@idem-workspace/test-servers/redis';
import { describeDemo } from './describe-demo.ts';

describeDemo('the demo on Redis', async () => {
  const server = await findRedis();
  return 'absent' in server ? server : { ...server, lease: 3000 };
});
