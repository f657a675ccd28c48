import { ownProgram } from '@soliloquy/launcher/foreign-system';

/** A person's own program that draws. */
export const pictureCommand = ownProgram('picture-command', 'picture');
