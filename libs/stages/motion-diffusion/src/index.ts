export { motionTrainingStage } from './motion-training/stage.ts';
export { motionSamplingStage } from './motion-sampling/stage.ts';
