export { AvatarError } from './avatar-error.ts';
export { readAvatar, writeAvatar } from './avatar.ts';

export type { AvatarErrorCode } from './avatar-error.ts';
export type { Avatar } from './avatar.ts';
export type { Manifest } from './manifest.ts';
