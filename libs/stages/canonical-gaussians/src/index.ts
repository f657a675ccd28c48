export { canonicalGaussiansStage } from './stage.ts';
