export { watermarkStage } from './watermark/stage.ts';
