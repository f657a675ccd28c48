import { graphFault, InvalidGraph } from './graph-error.ts';

/**
 * The text of a graph file: UTF-8, with or without a byte order mark.
 *
 * @param path how errors name the file
 * @throws InvalidGraph for bytes that are no UTF-8; UTF-16, which some editors save, is named
 */
export function decodeGraphText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidGraph([
      graphFault({
        code: 'graph.not-json',
        where: path,
        expected: 'a text in UTF-8',
        got: isUtf16(bytes) ? 'UTF-16' : 'other bytes',
        remedy: 'save it as UTF-8',
      }),
    ]);
  }
}

/** Its byte order mark. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
