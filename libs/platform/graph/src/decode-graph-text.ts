import { isUtf16 } from '@soliloquy/ports/utf16';
import { graphFault, InvalidGraph } from './graph-error.ts';

/**
 * The text of a graph file: UTF-8, with or without a byte order mark.
 *
 * @param path how errors name the file
 * @throws InvalidGraph for bytes that are no UTF-8; UTF-16, which some editors save, is named
 */
export function decodeGraphText(bytes: Uint8Array, path: string): string {
  if (isUtf16(bytes)) throw notUtf8(path, 'UTF-16');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notUtf8(path, 'other bytes');
  }
}

function notUtf8(path: string, got: string): InvalidGraph {
  const remedy = 'save it as UTF-8';
  return new InvalidGraph([
    graphFault({ code: 'graph.not-json', where: path, expected: 'a text in UTF-8', got, remedy }),
  ]);
}
