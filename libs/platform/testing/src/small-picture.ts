/** Four reddish pixels, PNG. */
export const SMALL_PICTURE = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mM44OAARAwQCgAlDgUBRqUVbQAAAABJRU5ErkJggg==',
    'base64',
  ),
);
