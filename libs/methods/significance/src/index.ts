export { benjaminiHochberg } from './benjamini-hochberg.ts';
export { groupTest } from './group-test.ts';
export { meanInterval } from './mean-interval.ts';
export { pairedTTest } from './paired-t-test.ts';
export { studentTwoSided } from './student-t.ts';

export type { GroupTest } from './group-test.ts';
export type { MeanInterval } from './mean-interval.ts';
export type { PairedTTest } from './paired-t-test.ts';
