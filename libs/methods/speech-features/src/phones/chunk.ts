/** Hops that the exported network tells at a time; the last chunk is filled up with what follows the sound. */
export const CHUNK_HOPS = 100;
