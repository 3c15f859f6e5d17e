export { makeTlsFiles, type TlsFiles } from '@idem-workspace/test-servers/redis';
