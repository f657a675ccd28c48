export { motionPriorStage } from './stage.ts';
