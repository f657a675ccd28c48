export { boxesIn } from './mp4-place.ts';
export { readCredentials } from './read-credentials.ts';
export { identityFilesIn, openIdentity } from './signing-identity.ts';
export { consentSchema, consentWords, statementSchema } from './statement.ts';
export { signFile } from './write-credentials.ts';

export type { Credentials } from './read-credentials.ts';
export type { IdentityFiles } from './signing-identity.ts';
export type { Consent, Statement } from './statement.ts';
export type { Signed } from './write-credentials.ts';
