import { openAvatar } from '@soliloquy/avatar-file/contents';
import type { RunOf } from '@soliloquy/stage';
import type { avatarOpenStage } from '../stage.ts';

export const run: RunOf<typeof avatarOpenStage, 'archive'> = async ({ avatar }) => {
  const { motion, ...rest } = await openAvatar(avatar);
  return { ...rest, model: motion };
};
