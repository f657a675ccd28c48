export { motionSamplingStage, motionTrainingStage } from './stage.ts';
