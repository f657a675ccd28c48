export { textToImageStage } from './stage.ts';
export { VOCABULARY } from './figure/vocabulary.ts';
export { lookOf } from './figure/look.ts';
export { attributesOfPrompt } from './figure/prompt-words.ts';
export { paintFigure } from './figure/paint-figure.ts';

export type { AttributeName, Look } from './figure/vocabulary.ts';
export type { Figure } from './figure/paint-figure.ts';
