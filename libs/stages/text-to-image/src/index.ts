export { textToImageStage } from './stage.ts';
