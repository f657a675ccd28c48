export { benjaminiHochberg } from './benjamini-hochberg.ts';
export { pairedTTest } from './paired-t-test.ts';
export { studentTwoSided } from './student-t.ts';

export type { PairedTTest } from './paired-t-test.ts';
