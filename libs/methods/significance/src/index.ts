export { benjaminiHochberg } from './benjamini-hochberg.ts';
export { bootstrapInterval } from './bootstrap-interval.ts';
export { cohensD, cohensDz, hedgesG } from './effect-size.ts';
export { groupTest } from './group-test.ts';
export { meanInterval } from './mean-interval.ts';
export { normalTwoSided } from './normal.ts';
export { pairedTTest } from './paired-t-test.ts';
export { studentTwoSided } from './student-t.ts';
export { proportionInterval, twoProportionTest } from './two-proportion-test.ts';

export type { BootstrapDraws, BootstrapInterval } from './bootstrap-interval.ts';
export type { GroupTest } from './group-test.ts';
export type { MeanInterval } from './mean-interval.ts';
export type { PairedTTest } from './paired-t-test.ts';
export type { Proportion, TwoProportionTest } from './two-proportion-test.ts';
