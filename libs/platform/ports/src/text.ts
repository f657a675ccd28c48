import { z } from 'zod';
import { artifactFile, PortError } from './port-error.ts';
import type { PortType } from './port-type.ts';

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
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const got = utf16 ? 'UTF-16' : 'other bytes';
    throw new PortError(
      { code: 'port.value', where, expected: 'text in UTF-8', got, remedy: 'save it as UTF-8' },
      { cause },
    );
  }
}
