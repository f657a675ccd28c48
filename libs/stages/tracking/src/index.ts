export { trackingStage } from './stage.ts';
