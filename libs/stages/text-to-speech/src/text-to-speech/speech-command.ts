import { ownProgram } from '@soliloquy/launcher/foreign-system';

/** A person's own program that speaks, e.g. one that clones voices. */
export const speechCommand = ownProgram('speech-command', 'speech');
