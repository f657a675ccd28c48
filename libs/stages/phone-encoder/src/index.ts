export { phoneEncoderTrainingStage } from './stage.ts';
