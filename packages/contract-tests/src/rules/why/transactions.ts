import type { Whys } from './whys.ts';

export const transactions: Whys = {};
