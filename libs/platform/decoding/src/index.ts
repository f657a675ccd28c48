export { decodeGiven, decodeText, decodeThumbnail, warmDecoding } from './decode.ts';
export { DecodingError } from './decoding-error.ts';
export { UnreadableFile } from './unreadable-file.ts';
export { GuardedProcess } from './guarded-process.ts';
export { LIMITS } from './limits.ts';
export { reasonOf } from './reason-of.ts';

export type { GivenFile } from './decode.ts';
export type { DecodingErrorCode } from './decoding-error.ts';
export type { Outcome } from './guarded-process.ts';
export type { Limits } from './limits.ts';
