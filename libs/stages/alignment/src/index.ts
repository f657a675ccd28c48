export { alignmentStage } from './alignment/stage.ts';
export { motionDecodeStage } from './motion-decode/stage.ts';
