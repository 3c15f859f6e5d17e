import type { ViteUserConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

// Without `import`: Node would take it for what the frameworks' CommonJS requires, too.
const conditions = ['@idem/source', 'node', 'default'];

const config: ViteUserConfig = {
  ...shared,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};

export default config;
