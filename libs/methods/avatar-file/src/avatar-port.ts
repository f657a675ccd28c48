import { z } from 'zod';
import { PortError, type PortType } from '@soliloquy/ports';
import type { Avatar } from './avatar.ts';
import { manifestSchema, VERSION } from './manifest.ts';

/** Name of the file that an artifact is. */
const FILE = 'person.avatar';

/** What reads the parts is loaded when there is a file: who looks at the type alone must not wait for it. */
const code = async (): Promise<typeof import('./avatar.ts')> => import('./avatar.ts');

/** A person who can be made to talk, as one file. */
export const avatar: PortType<Avatar> = {
  id: 'avatar',
  title: 'Avatar',
  hue: 235,
  viewer: 'avatar',
  schema: z.object({ manifest: manifestSchema, files: z.record(z.string(), z.instanceof(Uint8Array)) }),
  files: [
    {
      name: FILE,
      what: 'uncompressed ZIP; parts and manifest in the README of `@soliloquy/avatar-file`',
      fields: { version: `integer, of the manifest, 1 … ${VERSION}` },
    },
  ],
  encode: async (value) => ({ [FILE]: (await code()).writeAvatar(value) }),
  async decode(files) {
    return (await code()).readAvatar(onlyFile(files));
  },
  preview: ({ manifest, files }) => ({
    summary:
      `${manifest.name}: ${manifest.gaussians.count} Gaussians, ` +
      `${(Object.values(files).reduce((sum, { length }) => sum + length, 0) / 1e6).toFixed(2)} MB`,
    file: FILE,
  }),
  fromUser: async (given) => {
    if (given.kind === 'file') return (await code()).readAvatar(given.bytes);
    throw new PortError({
      code: 'port.value',
      where: 'avatar',
      expected: 'a file',
      got: `the text "${given.text.slice(0, 40)}"`,
      remedy: 'give the path of an .avatar',
    });
  },
};

function onlyFile(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  if (Object.hasOwn(files, FILE)) return files[FILE];
  throw new PortError({
    code: 'port.artifact',
    where: 'avatar.files',
    expected: FILE,
    got: Object.keys(files).join(', ') || 'none',
    remedy: 'compute it again',
  });
}
