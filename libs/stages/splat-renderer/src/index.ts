export { splatRendererStage } from './stage.ts';
