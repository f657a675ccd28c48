export { referenceStage } from './stage.ts';
