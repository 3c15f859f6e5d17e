import { memoryHarness } from '../broken/kit/broken-store.ts';

/** As from JavaScript: an ability that is null, one that is a word, one absent for no reason. */
export default { ...memoryHarness('strange'), clock: null, faults: 'no', crash: { absent: 5 } };
