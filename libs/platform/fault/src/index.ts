export { AUDIENCES, Fault, partsOf, PHASES, sentenceOf, unexpected } from './fault.ts';
export { printable } from './printable.ts';

export type { Audience, FaultCode, FaultParts, Phase } from './fault.ts';
