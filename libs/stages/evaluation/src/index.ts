export { contactSheet } from './report/contact-sheet.ts';
export { evaluationInputs } from './evaluation/inputs.ts';
export { evaluationStage, withMeasures } from './evaluation/stage.ts';
export { filmSetStage } from './film-set/stage.ts';
export { motionSetStage } from './motion-set/stage.ts';
export { qualityScoresStage } from './quality-scores/stage.ts';
export { reportStage } from './report/stage.ts';
export { statisticsStage } from './statistics/stage.ts';
