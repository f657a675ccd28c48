/** More is left out: in base64 it fits the smallest message that a broker may be set to. Bytes. */
const MOST_BYTES = 16 * 2 ** 10;

const KINDS = { png: '89504e47', jpeg: 'ffd8ff', webp: '52494646' } as const;

/** What `pictureAddress` makes: nothing else is shown. */
export const PICTURE_ADDRESS = new RegExp(
  `^data:image/(${Object.keys(KINDS).join('|')});base64,[A-Za-z0-9+/]{1,${4 * Math.ceil(MOST_BYTES / 3)}}={0,2}$`,
);

/** A small PNG, JPEG or WebP as a `data:` address; `undefined` for what is larger, or something else. */
export function pictureAddress(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = buffer.toString('hex', 0, 4);
  const kind = Object.entries(KINDS).find(([, start]) => head.startsWith(start))?.[0];
  if (kind === undefined || bytes.length > MOST_BYTES) return undefined;
  return `data:image/${kind};base64,${buffer.toString('base64')}`;
}
