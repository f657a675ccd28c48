export { gaussianMean, gaussianMeanOfRows } from './gaussian-mean.ts';
export { bump, smoothstep } from './smoothstep.ts';
