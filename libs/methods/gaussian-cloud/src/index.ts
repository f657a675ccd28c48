export { CARRIES, PART_OF_REGION, regionIndex } from './region-graph.ts';
export { allocateDeformed, carryGaussians, evaluateDeformation } from './evaluate-deformation.ts';
export { completeMotion } from './complete-motion.ts';
export { createParticleRig } from './particles.ts';
export { farthestPointSampling } from './farthest-point-sampling.ts';
export { LID_NAMES, Lids } from './lids.ts';
export { particleNeighbours } from './particle-neighbours.ts';
export { resampleDeformation } from './resample-deformation.ts';
export { varianceOverTime } from './variance-over-time.ts';

export type { DeformedGaussians, ParticlePose } from './evaluate-deformation.ts';
export type { ParticleNeighbours } from './particle-neighbours.ts';
export type { ParticleRig } from './particles.ts';
