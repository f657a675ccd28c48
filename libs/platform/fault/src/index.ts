export { AUDIENCES, Fault, partsOf, PHASES, sentenceOf, unexpected } from './fault.ts';

export type { Audience, FaultCode, FaultParts, Phase } from './fault.ts';
