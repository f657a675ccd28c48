import { z } from 'zod';
import { PortError } from './port-error.ts';
import type { PortType } from './port-type.ts';
import { givenFile } from './user-file.ts';

/** A raw file that a person brings: what is in it is for the stage to find out. */
export interface UserFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file as it is, under its own name. */
export const file: PortType<UserFile> = {
  id: 'file',
  title: 'File',
  hue: 70,
  schema: z.object({ name: z.string().min(1), bytes: z.instanceof(Uint8Array) }),
  files: [{ name: 'its own name', what: 'the bytes as they are' }],
  encode: async ({ name, bytes }) => ({ [plainName(name)]: bytes }),
  async decode(files) {
    const names = Object.keys(files);
    if (names.length !== 1)
      throw new PortError({
        code: 'port.artifact',
        where: 'file.files',
        expected: 'one file',
        got: `${names.length}`,
        remedy: 'compute it again',
      });
    return { name: names[0], bytes: files[names[0]] };
  },
  preview: ({ name, bytes }) => ({
    summary: `${name}, ${bytes.length < 10_000 ? `${bytes.length} bytes` : `${(bytes.length / 1e6).toFixed(2)} MB`}`,
    file: plainName(name),
    ...(/\.(ply|splat|spz)$/i.test(name) && { as: 'gaussians' }),
    ...(/\.json$/i.test(name) && { as: 'json' }),
  }),
  // Nothing of it is read.
  giving: { hereBytes: Number.POSITIVE_INFINITY },
  fromUser: async (given) => givenFile(given, 'file'),
};

/** The last part of the path, of letters of any script, digits, dot, dash and underscore: it goes into addresses. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).pop() ?? '';
  return (
    last
      .normalize('NFC')
      .replace(/[^\p{L}\p{M}\p{N}._-]/gu, '-')
      .replace(/^\.+/, '')
      .slice(-100) || 'file'
  );
}
