/**
 * Whether text is in UTF-16, which some editors and shells save: by its byte order mark, or by the zeros that every
 * letter of ASCII has there on one side.
 */
export function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const length = Math.min(256, bytes.length - (bytes.length % 2));
  const zeros = [0, 0];
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at % 2] += 1;
  return Math.max(...zeros) > length / 4 && Math.min(...zeros) === 0;
}
