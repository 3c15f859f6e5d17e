/** Says which process it is in, and never has a store. */
import { writeFileSync } from 'node:fs';

export default (): Promise<never> => {
  writeFileSync(process.env['IDEM_PID_FILE'] ?? '', String(process.pid));
  return new Promise(() => {});
};
