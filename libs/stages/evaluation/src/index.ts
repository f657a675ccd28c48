export { contactSheet } from './contact-sheet.ts';
export { evaluationStage, reportStage } from './stage.ts';
