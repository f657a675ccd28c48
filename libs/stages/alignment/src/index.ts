export { alignmentStage, motionDecodeStage } from './stage.ts';
