export { VOCABULARY } from './vocabulary.ts';
export { lookOf } from './look.ts';
export { attributesOfPrompt } from './prompt-words.ts';
export { paintFigure } from './paint-figure.ts';

export type { AttributeName, Look } from './vocabulary.ts';
export type { Figure } from './paint-figure.ts';
