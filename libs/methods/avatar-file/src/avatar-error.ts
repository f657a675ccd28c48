import { Fault } from '@soliloquy/fault';

/**
 * Why a file is no avatar: `avatar.archive` damaged or cut off, `avatar.version` newer than this reader,
 * `avatar.manifest` its manifest is none, `avatar.digest` a part is not the one that the manifest names,
 * `avatar.content` a part does not hold what it must.
 */
export type AvatarErrorCode =
  'avatar.archive' | 'avatar.version' | 'avatar.manifest' | 'avatar.digest' | 'avatar.content';

/** A file that is no avatar, or not a whole one. Permanent: the same bytes fail again. */
export class AvatarError extends Fault<AvatarErrorCode> {
  override readonly name = 'AvatarError';
}

export const REMEDY = 'copy the file again, or export the avatar anew';
