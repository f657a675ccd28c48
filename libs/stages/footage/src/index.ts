export { footageStage } from './stage.ts';
