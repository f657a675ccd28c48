/** Width of each part's share of the latent: x_t = {body, face, hand}, 64 each. */
export const PART_WIDTH = 64;
/** Width of x_t. */
export const LATENT_WIDTH = 3 * PART_WIDTH;
/** Width of the space that audio and motion share. */
export const EMBEDDING_WIDTH = 64;
/** Frames heard before and after the one that is embedded. */
export const AUDIO_CONTEXT = 7;
/** Frames that the exported networks take at a time; the last chunk is filled up. */
export const CHUNK = 25;
