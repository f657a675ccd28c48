export { examineFile, findingRows, verdictOf } from './examine-file.ts';

export type { Findings } from './examine-file.ts';
