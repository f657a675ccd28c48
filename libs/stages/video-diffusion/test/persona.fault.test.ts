import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { encodePng, type Video } from '@soliloquy/media';
import { stageContext } from '@soliloquy/testing';
import { animate } from '../src/backbones/persona.ts';
import { videoDiffusionStage } from '../src/index.ts';
import { fakeCheckout, type FakeCheckout } from './fixture/fake-checkout.ts';

afterEach(() => vi.unstubAllEnvs());

const POSES = 40;
const audio = { sampleRate: 16_000, samples: new Float32Array(16_000) };

const blank = (width: number, height: number): Promise<Uint8Array> =>
  encodePng({ width, height, data: new Uint8ClampedArray(width * height * 4).fill(255) });

/** A checkout with an avatar of a picture of 50x75, and poses that were tracked in a film of 64x96. */
async function checkoutWithAvatar(): Promise<FakeCheckout> {
  const checkout = fakeCheckout('persona');
  const put = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(join(checkout.folder, path, '..'), { recursive: true });
    writeFileSync(join(checkout.folder, path), bytes);
  };
  put('avatar/main/animate.py', '');
  put('avatar/data/subjects/ann/captured/images/0.png', await blank(50, 75));
  for (let pose = 0; pose < POSES; pose++)
    for (const kind of ['smplx/params', 'cam_params']) put(`pose_track/data/subjects/talk/${kind}/${pose}.json`, '{}');
  put('pose_track/data/subjects/talk/images/0.png', await blank(64, 96));
  return checkout;
}

async function film(checkout: FakeCheckout, asked: object): Promise<{ video: Video; scratch: string }> {
  await using ctx = stageContext({ checkout: () => Promise.resolve(checkout), gpu: { index: 1, memoryMiB: 49_140 } });
  const own = { subject: 'ann', motion: 'talk', ...asked };
  const params = {
    ...videoDiffusionStage.params.parse({ frames: 25, area: 6144 }),
    ...videoDiffusionStage.backbones.persona.params.parse(own),
  };
  const noMatte = async (): Promise<NonNullable<Video['matte']>> => ({ read: async function* () {} });
  const { video } = await animate(audio, params, ctx, noMatte);
  return { video, scratch: await ctx.scratch() };
}

test('a film shows one frame for each pose, without the picture beside it, at the rate of the poses', async () => {
  const checkout = await checkoutWithAvatar();
  const { video, scratch } = await film(checkout, { motionFps: 30 });
  expect([video.width, video.height, video.fps, video.frames]).toEqual([64, 96, 30, 30]);
  expect(video.audio).toEqual(audio);
  let number = 0;
  for await (const data of video.read()) {
    // The frames are wholly of one grey; the picture that is cut off was black.
    for (const x of [0, 1, 32, 63]) expect(Math.abs(data[(40 * 64 + x) * 4] - 60 - 4 * number)).toBeLessThanOrEqual(3);
    number++;
  }
  expect(number).toBe(30);
  const main = join(checkout.folder, 'avatar/main');
  const [call] = readFileSync(join(main, 'calls.jsonl'), 'utf8').split('\n');
  const id = scratch.split('/').at(-1) as string;
  expect(JSON.parse(call)).toEqual({
    program: 'python',
    args: ['animate.py', '--subject_id', 'ann', '--test_epoch', '4', '--motion_path', join(scratch, id)],
    gpu: '1',
  });
  expect(readdirSync(main).filter((name) => name.endsWith('.mp4'))).toEqual([]);
});

test.each([
  [{ subject: 'bob' }, '', 'stage.missing-input', /expected the picture of the subject "bob", got no .*; make it in/],
  [{ motion: 'walk' }, '', 'stage.missing-input', /expected tracked poses "walk", got none in .*walk/],
  [{ scene: true }, '', 'stage.missing-input', /expected images_bkg\/0\.png of the tracked poses "talk", got none/],
  [{ motionFps: 60 }, '', 'stage.short-film', /expected 60 tracked poses, one a frame, got 40/],
  [{}, 'short', 'stage.short-film', /expected 30 tracked poses, one a frame, got 15/],
  [{}, 'no-output', 'task.command-failed', /expected its result at ann_.*\.mp4 in .*, got none/],
  [{}, 'half-way', 'task.command-failed', /got 1 \("RuntimeError: CUDA out of memory"\)/],
] as const)('%o in the mode "%s" is one failure that says what to do', async (asked, mode, code, message) => {
  vi.stubEnv('FAKE_MODE', mode);
  const made = film(await checkoutWithAvatar(), asked);
  await expect(made).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('names in a checkout are no paths', () => {
  for (const subject of ['../x', '/etc', '.', '', 'a/b'])
    expect(videoDiffusionStage.backbones.persona.params.safeParse({ subject }).success).toBe(false);
});
