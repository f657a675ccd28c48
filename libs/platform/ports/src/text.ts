import { z } from 'zod';
import { artifactFile, PortError } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { isUtf16 } from './utf16.ts';

/** What is said or described, as Unicode text. */
export const text: PortType<string> = {
  id: 'text',
  title: 'Text',
  viewer: 'text',
  hue: 85,
  schema: z.string(),
  files: [{ name: 'text.txt', what: 'UTF-8' }],
  encode: async (value) => ({ 'text.txt': new TextEncoder().encode(value) }),
  decode: async (files) => decodeUtf8(artifactFile(files, 'text.txt', 'text'), 'text'),
  preview: (value) => ({ summary: value.length > 80 ? `${value.slice(0, 79)}…` : value, file: 'text.txt' }),
  giving: { hereBytes: 2 ** 20 },
  fromUser: async (given) => (given.kind === 'text' ? given.text : decodeUtf8(given.bytes, given.name)),
};

function decodeUtf8(bytes: Uint8Array, where: string): string {
  const refuse = (got: string, cause?: unknown): never => {
    throw new PortError(
      { code: 'port.value', where, expected: 'text in UTF-8', got, remedy: 'save it as UTF-8' },
      { cause },
    );
  };
  if (isUtf16(bytes)) refuse('UTF-16');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return refuse('other bytes', cause);
  }
}
