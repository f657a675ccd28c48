import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '@soliloquy/artifacts';
import { readAvatar, writeAvatar } from '@soliloquy/avatar-file';
import { encodeMp4, encodePng, openMp4, readAll, videoFromFrames } from '@soliloquy/media';
import { withCarriedText } from '@soliloquy/media/carried-text';
import type { LeavingFile } from '@soliloquy/runner';
import { identityFilesIn, openIdentity, readCredentials, signFile, type Statement } from '../src/index.ts';
import { sealWith } from '../src/seal.ts';

const STATEMENT: Statement = {
  soliloquy: 1,
  title: 'film.mp4',
  graph: { name: 'talk', digest: 'ab'.repeat(32), from: 'mark.video' },
  artifact: 'cd'.repeat(32),
  ingredients: { picture: { type: 'file', digest: '12'.repeat(32) }, voice: { type: 'file', digest: '34'.repeat(32) } },
  mark: '9f86d081884c7d65',
  consent: { who: 'Ada', to: 'this demonstration' },
  versions: { soliloquy: '0.1.0', node: '24' },
};
const [width, height] = [64, 96];
const video = videoFromFrames({ width, height, fps: 25, frames: 4 }, function* (from, to) {
  for (let t = from; t < to; t++)
    yield Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i * 7 + 40 * t) % 256);
});

/** As it is kept for readers of later versions. */
const anAvatar = async (): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL('../../avatar-file/test/fixtures/version-1.avatar', import.meta.url)));

let folder: string;
let film: Uint8Array;
let png: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  film = withCarriedText(await encodeMp4(video), '{"a":1}');
  const [data] = await readAll(video, 0, 1);
  png = withCarriedText(await encodePng({ width, height, data }), '{"a":1}');
});
afterAll(() => rm(folder, { recursive: true }));

describe('content credentials', () => {
  it('are read whole, and with their statement, by another library than the one that wrote them', async () => {
    const signer = await openIdentity(folder);
    for (const bytes of [film, png]) {
      const { bytes: signed, sidecar } = await signFile(bytes, STATEMENT, signer);
      expect(sidecar).toBeUndefined();
      expect(await readCredentials(signed)).toEqual({
        state: 'whole',
        failures: [],
        statement: STATEMENT,
        generator: 'Soliloquy 0.1.0',
        signer: 'A person with Soliloquy',
      });
    }
  });

  it('are broken once a byte of the film or the picture is another, or the end is missing', async () => {
    const signer = await openIdentity(folder);
    for (const [bytes, code] of [
      [film, 'assertion.bmffHash.mismatch'],
      [png, 'assertion.dataHash.mismatch'],
    ] as const) {
      const { bytes: signed } = await signFile(bytes, STATEMENT, signer);
      const other = signed.slice();
      other[other.length - 40] ^= 1;
      expect(await readCredentials(other)).toMatchObject({ state: 'broken', failures: [code], statement: STATEMENT });
    }
    const { bytes: signed } = await signFile(film, STATEMENT, signer);
    expect((await readCredentials(signed.subarray(0, signed.length - 999))).state).toBe('broken');
  });

  it('are the same bytes for the same file and key, and leave the film as it plays', async () => {
    const [one, two] = await Promise.all([1, 2].map(async () => signFile(film, STATEMENT, await openIdentity(folder))));
    expect(Buffer.from(one.bytes).equals(two.bytes)).toBe(true);
    const [plain, signed] = [await readAll(await openMp4(film)), await readAll(await openMp4(one.bytes))];
    expect(signed.map((frame) => sha256(Buffer.from(frame)))).toEqual(plain.map((frame) => sha256(Buffer.from(frame))));
  });

  it('lie beside what can hold none, and are broken with it', async () => {
    const ply = new TextEncoder().encode('ply\nformat ascii 1.0\nend_header\n');
    const { bytes, sidecar } = await signFile(ply, STATEMENT, await openIdentity(folder));
    expect(bytes).toBe(ply);
    expect(await readCredentials(ply, sidecar)).toMatchObject({ state: 'whole', statement: STATEMENT });
    expect(
      (
        await readCredentials(
          ply.map((byte, i) => (i === 9 ? 0 : byte)),
          sidecar,
        )
      ).state,
    ).toBe('broken');
  });

  it('are in an avatar, which opens as before, and are broken once a byte of it is another', async () => {
    const avatar = await anAvatar();
    const { bytes, sidecar } = await signFile(avatar, STATEMENT, await openIdentity(folder));
    expect(sidecar).toBeUndefined();
    expect(await readCredentials(bytes)).toMatchObject({ state: 'whole', failures: [], statement: STATEMENT });
    expect(writeAvatar(await readAvatar(bytes))).toEqual(avatar);
    expect(await readCredentials(avatar)).toEqual({ state: 'none', failures: [] });
    for (const at of [40, bytes.length >> 1, bytes.length - 100, bytes.length - 30]) {
      const other = bytes.slice();
      other[at] ^= 1;
      expect((await readCredentials(other)).state, `byte ${at}`).toBe('broken');
    }
    expect((await readCredentials(bytes.subarray(0, bytes.length - 40))).state).toBe('none');
  });

  it('are put on what leaves: in films, pictures and avatars, beside Gaussians; a page says who agreed', async () => {
    const seal = sealWith(folder, (digests) => ({ who: 'Ada', to: digests.join() }));
    const document = { format: 1, name: 'talk' } as LeavingFile['carried']['document'];
    const leaving: LeavingFile = {
      name: 'film.mp4',
      bytes: film,
      artifact: 'cd'.repeat(32),
      carried: { document, size: 'tiny', seed: 7, set: {}, inputs: {}, from: 'mark.video' },
      given: { picture: { type: 'file', digest: '12'.repeat(32) }, line: { type: 'text', digest: '34'.repeat(32) } },
      task: { stage: 'watermark', params: { mark: true }, key: '9f86d081884c7d65'.repeat(4) },
      versions: { soliloquy: '0.1.0' },
    };
    const { statement } = await readCredentials((await seal(leaving)).bytes);
    expect(statement).toMatchObject({ mark: '9f86d081884c7d65', consent: { who: 'Ada', to: '12'.repeat(32) } });
    const unmarked = { ...leaving, given: {}, task: { ...leaving.task, params: { mark: false } } };
    const said = (await readCredentials((await seal(unmarked)).bytes)).statement;
    expect(said).toMatchObject({ mark: 'off', consent: 'painted' });
    const other = new TextEncoder().encode('{}');
    const gaussians = await seal({ ...leaving, name: 'avatar.ply', bytes: other });
    expect(gaussians.sidecar?.ending).toBe('.c2pa');
    expect((await readCredentials(other, gaussians.sidecar?.bytes)).statement?.title).toBe('avatar.ply');
    const person = await seal({ ...leaving, name: 'person.avatar', bytes: await anAvatar() });
    expect(person.sidecar).toBeUndefined();
    expect((await readCredentials(person.bytes)).statement?.title).toBe('person.avatar');
    const page = new TextEncoder().encode('<body><h1>Report</h1></body>');
    const report = { ...leaving, name: 'report.html', bytes: page };
    const text = async (file: LeavingFile, by = seal) => new TextDecoder().decode((await by(file)).bytes);
    expect(await text(report)).toContain(`Consent: Ada, to ${'12'.repeat(32)}.`);
    const nobody = sealWith(folder, () => undefined);
    expect(await text(report, nobody)).toContain('Consent: nobody said that they agreed.</p>\n</body>');
    expect(
      await text(
        report,
        sealWith(folder, () => ({ who: '<b>', to: 'x' })),
      ),
    ).toContain('&#60;b&#62;, to x');
    expect(await text({ ...report, given: {} })).toBe('<body><h1>Report</h1></body>');
    expect(await seal({ ...leaving, name: 'metrics.json', bytes: other })).toEqual({ bytes: other });
  });

  it('are none where there is none', async () => {
    for (const bytes of [film, png, new Uint8Array(9)])
      expect(await readCredentials(bytes)).toEqual({ state: 'none', failures: [] });
  });

  it('are signed by a key that only its person may read, made once', async () => {
    const { key } = identityFilesIn(folder);
    const before = await stat(key);
    expect(before.mode & 0o777).toBe(0o600);
    await openIdentity(folder);
    expect((await stat(key)).mtimeMs).toBe(before.mtimeMs);
    await writeFile(join(folder, 'other.pem'), 'no key');
    await expect(openIdentity(folder, { key: join(folder, 'other.pem'), certificates: key })).rejects.toThrow(
      'expected an Ed25519 key as PKCS #8 in PEM',
    );
  });
});
