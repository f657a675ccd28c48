export { ConsentRecord } from './consent-record.ts';
export { personalInputs, sealWith } from './seal-output.ts';
export { consentSchema } from './statement.ts';

export type { ConsentOf } from './seal-output.ts';
export type { Consent } from './statement.ts';
