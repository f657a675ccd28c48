export { gaussianMean, gaussianMeanOfRows } from './gaussian-mean.ts';
export { correlation, lagCorrelation } from './lag-correlation.ts';
export { bump, smoothstep } from './smoothstep.ts';
