export { videoDiffusionStage } from './stage.ts';
