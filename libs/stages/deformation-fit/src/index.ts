export { deformationFitStage } from './stage.ts';
