export { namedDraws, seededDraws } from './draws.ts';
export { seededNormals, seededRandom } from './seeded-random.ts';

export type { Draws } from './draws.ts';
