export { contactSheet } from './report/contact-sheet.ts';
export { evaluationStage } from './evaluation/stage.ts';
export { reportStage } from './report/stage.ts';
