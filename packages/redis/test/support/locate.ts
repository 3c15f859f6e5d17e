export { locate, locateBinary, type Source } from '@idem-workspace/test-servers/redis';
