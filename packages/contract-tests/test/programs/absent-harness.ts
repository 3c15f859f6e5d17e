import { type Absent, absent } from '@idem/contract-tests';

const harness: Absent = absent('there is no server here');

export default harness;
