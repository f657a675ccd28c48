export { flowReadingStage } from './flow-reading/stage.ts';
export { latentFlowTrainingStage } from './training/stage.ts';
