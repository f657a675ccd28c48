export { attributeSamplerStage } from './stage.ts';
export { DEFAULT_DICTIONARY, dictionarySchema, parseDictionary, promptOf } from './dictionary.ts';
export { breaksRule, canBeCompleted, spaceOf } from './constraints.ts';
export { drawPairwise, possiblePairs } from './pairwise.ts';
export { coverageOf } from './coverage.ts';

export type { Dictionary } from './dictionary.ts';
export type { Row, Space } from './constraints.ts';
export type { Pair } from './pairwise.ts';
