export { compareFigures, compareNodes, compareOutputs, diffRuns, parseRunRecord } from './compare-runs.ts';
export { listSweeps, saveSweep, SEED_KEY, sweepVariants } from './sweep.ts';

export type { FigureRow, OutputRow } from './compare-runs.ts';
export type { SweepRecord, Variant, Vary } from './sweep.ts';
