/** Files that hold their manifest. */
export type CarrierFormat = 'image/png' | 'video/mp4';

/** What kind of file this is, by its first bytes; `undefined` for one that holds no manifest. */
export function carrierFormat(bytes: Uint8Array): CarrierFormat | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  return head.slice(4, 8) === 'ftyp' ? 'video/mp4' : undefined;
}
