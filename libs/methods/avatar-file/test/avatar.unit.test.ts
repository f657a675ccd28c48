import { zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { packArchive, unpackArchive } from '../src/archive.ts';
import { openAvatar, packAvatar } from '../src/avatar-contents.ts';
import { avatar as avatarPort } from '../src/avatar-port.ts';
import { listParts, readAvatar, writeAvatar, type Avatar } from '../src/avatar.ts';
import { readManifest } from '../src/manifest.ts';
import { smallAbout, smallContents } from './small-avatar.ts';

const contents = smallContents();
let packed: Avatar;
let bytes: Uint8Array;

beforeAll(async () => {
  packed = await packAvatar(contents, await smallAbout());
  bytes = writeAvatar(packed);
});

/** The avatar with other parts, whose sizes and digests are right: a file that lies and is not damaged. */
async function lying(change: (files: Record<string, Uint8Array>, manifest: Record<string, unknown>) => void) {
  const files = { ...packed.files };
  const manifest = structuredClone(packed.manifest) as Record<string, unknown>;
  change(files, manifest);
  return writeAvatar({ files, manifest: { ...manifest, files: await listParts(files) } } as Avatar);
}

function changed(name: string, tensor: string, at: number, value: number): Uint8Array {
  const { tensors } = decodeSafetensors(packed.files[name]);
  tensors[tensor].data[at] = value;
  return encodeSafetensors(tensors);
}

describe('an avatar', () => {
  test('comes back from its file as it was, through its port too', async () => {
    const read = await readAvatar(bytes);
    expect(read).toEqual(packed);
    expect(avatarPort.schema.safeParse(read).success).toBe(true);
    expect(await avatarPort.encode(await avatarPort.decode(await avatarPort.encode(packed)))).toEqual({
      'person.avatar': bytes,
    });
  });

  test('gives what it was made of: models and background as they were, Gaussians as .spz keeps them', async () => {
    const { gaussians, background, space, motion } = await openAvatar(await readAvatar(bytes));
    expect(background).toEqual(contents.background);
    expect(space.card).toEqual(contents.space.card);
    expect(motion.card).toEqual(contents.motion.card);
    expect(space.files['rig.safetensors']).toEqual(contents.space.files['rig.safetensors']);
    expect(Object.keys(motion.files).sort()).toEqual(Object.keys(contents.motion.files).sort());
    expect(gaussians.regions).toEqual(contents.gaussians.regions);
    expect(gaussians.camera).toEqual(contents.gaussians.camera);
    gaussians.means.forEach((value, i) => expect(Math.abs(value - contents.gaussians.means[i])).toBeLessThan(2 ** -12));
    gaussians.colors.forEach((value, i) => expect(Math.abs(value - contents.gaussians.colors[i])).toBeLessThan(0.004));
  });

  test('has the same bytes each time, and holds no clock', async () => {
    const again = writeAvatar(await packAvatar(smallContents(), await smallAbout()));
    expect(again).toEqual(bytes);
  });

  test('is an uncompressed ZIP', () => {
    const size = Object.values(packed.files).reduce((sum, { length }) => sum + length, 0);
    expect(bytes.length).toBeGreaterThan(size);
  });
});

describe('a damaged file is refused by name', () => {
  test('cut off at every tenth byte', async () => {
    for (let end = 0; end < bytes.length; end += 10)
      await expect(readAvatar(bytes.subarray(0, end)), `${end} bytes`).rejects.toMatchObject({
        name: 'AvatarError',
        code: 'avatar.archive',
      });
  }, 120_000);

  test('one bit turned, wherever it lies', async () => {
    for (let at = 0; at < bytes.length; at += 311) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << (at % 8);
      await expect(readAvatar(damaged), `byte ${at}`).rejects.toMatchObject({ name: 'AvatarError' });
    }
  }, 120_000);

  test('a part that changed, by its name and digest', async () => {
    const parts = { ...unpackArchive(bytes) };
    parts['gaussians.spz'] = parts['gaussians.spz'].map((byte, i) => (i === 20 ? byte ^ 1 : byte));
    await expect(readAvatar(packArchive(parts))).rejects.toThrow(/^avatar\.gaussians\.spz: expected sha256 /);
  });

  test('a part that is longer, missing, or not listed', async () => {
    const parts = unpackArchive(bytes);
    const { 'thumbnail.webp': thumbnail, ...less } = parts;
    const longer = { ...less, 'thumbnail.webp': new Uint8Array([...thumbnail, 0]) };
    await expect(readAvatar(packArchive(longer))).rejects.toThrow(/thumbnail\.webp: expected \d+ bytes, got \d+/);
    await expect(readAvatar(packArchive(less))).rejects.toThrow(
      /thumbnail\.webp: expected \d+ bytes, got no such part/,
    );
    const more = { ...parts, 'hidden.bin': new Uint8Array(3) };
    await expect(readAvatar(packArchive(more))).rejects.toThrow(/hidden\.bin: expected only parts/);
  });

  test.each([
    ['other bytes', new TextEncoder().encode('no archive at all')],
    ['an empty archive', packArchive({})],
    ['something behind the archive', () => new Uint8Array([...bytes, 0])],
    ['a compressed archive', () => zipSync({ ...unpackArchive(bytes) }, { level: 9 })],
    [
      'another ZIP of the same parts',
      () => zipSync({ ...unpackArchive(bytes) }, { level: 0, mtime: new Date(2020, 1, 1) }),
    ],
  ])('%s', async (_what, given) => {
    await expect(readAvatar(typeof given === 'function' ? given() : given)).rejects.toMatchObject({
      code: 'avatar.archive',
    });
  });
});

describe('a file that lies is refused by name', () => {
  test.each([
    ['positions', 'space/rig.safetensors', 3, Number.NaN],
    ['weights', 'space/rig.safetensors', 0, Infinity],
    ['motionScale', 'motion/scales.safetensors', 1, -Infinity],
  ])('a number that is not finite among %s', async (tensor, name, at, value) => {
    const file = await lying((files) => (files[name] = changed(name, tensor, at, value)));
    await expect(readAvatar(file)).rejects.toThrow(`avatar.${name}.${tensor}: expected finite numbers, got ${value}`);
  });

  test('a weight of a network that is not finite, by its constant', async () => {
    const name = 'motion/transformer.onnx';
    const file = await lying((files) => {
      const network = files[name].slice();
      const constant = 'params.input.weight/f16';
      // Behind the name of the initializer: the tag of its data, and their length in two bytes.
      const at = Buffer.from(network).lastIndexOf(constant) + constant.length + 3;
      new DataView(network.buffer).setUint16(at + 2 * 10, 0x7e00, true);
      files[name] = network;
    });
    await expect(readAvatar(file)).rejects.toThrow(
      /transformer\.onnx: expected finite numbers, got another in params\./,
    );
  });

  test('a particle that is not there, and a rig of other Gaussians', async () => {
    const name = 'space/rig.safetensors';
    const beyond = await lying((files) => (files[name] = changed(name, 'indices', 0, 6)));
    await expect(readAvatar(beyond)).rejects.toThrow('space/rig.safetensors.indices: expected 0 … 5, got 6 at 0');
    const fewer = await lying((files, manifest) => {
      Object.assign(manifest, { gaussians: { ...packed.manifest.gaussians, count: 4 } });
    });
    await expect(readAvatar(fewer)).rejects.toThrow('avatar.gaussians.spz: expected 4 Gaussians, got 5');
  });

  test('a background of another size, a network with other ports', async () => {
    const size = await lying((_files, manifest) => Object.assign(manifest, { background: { width: 33, height: 48 } }));
    await expect(readAvatar(size)).rejects.toThrow('avatar.background.png: expected 33x48, got 32x48');
    const ports = await lying((files) => (files['space/motion.onnx'] = files['space/decoder.onnx']));
    await expect(readAvatar(ports)).rejects.toThrow('space/motion.onnx: expected outputs embedding, got tokens');
  });

  test('what is no Gaussians, no tensors, no network', async () => {
    const junk = new Uint8Array(40).fill(7);
    for (const name of ['gaussians.spz', 'person.safetensors', 'space/decoder.onnx']) {
      const file = await lying((files) => (files[name] = junk));
      await expect(readAvatar(file)).rejects.toMatchObject({ code: 'avatar.content', where: `avatar.${name}` });
    }
  });
});

describe('versions', () => {
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

  test('a newer one is refused with both numbers, an older one is brought up to date', () => {
    expect(() => readManifest(encode({ ...packed.manifest, version: 2 }))).toThrow(
      'avatar.version: expected 1 or an older one, got 2; update Soliloquy, or the player',
    );
    const { name, ...before } = packed.manifest;
    const upgrades = new Map([[0, ({ title, ...old }: Record<string, unknown>) => ({ ...old, name: title })]]);
    expect(readManifest(encode({ ...before, version: 0, title: name }), upgrades)).toEqual(packed.manifest);
    expect(() => readManifest(encode({ ...packed.manifest, version: 0 }))).toThrow('manifest.version: expected 1 to 1');
  });

  test('what is no manifest is refused by its field', () => {
    expect(() => readManifest(encode({ ...packed.manifest, fps: 0 }))).toThrow(/^avatar\.manifest\.fps: /);
    expect(() => readManifest(encode({ ...packed.manifest, more: 1 }))).toThrow(/fields of its version, got more/);
    expect(() => readManifest(encode({ ...packed.manifest, format: 'zip' }))).toThrow(/^avatar\.manifest\.format: /);
    expect(() => readManifest(new Uint8Array([0xff]))).toThrow(/^avatar\.manifest: expected JSON in UTF-8/);
  });
});
