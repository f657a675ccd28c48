export { disaggregatedEvaluationStage } from './disaggregated/stage.ts';
export { watermarkStage } from './watermark/stage.ts';
