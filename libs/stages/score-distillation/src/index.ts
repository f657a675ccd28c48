export { scoreDistillationStage } from './stage.ts';
