import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Audio, Video } from '@soliloquy/media';
import { paintedPerson, stageContext, WHOLE_PERSON } from '@soliloquy/testing';
import { videoDiffusionStage } from '../src/index.ts';
import { echomimicV2 } from '../src/systems/echomimic-v2.ts';
import { hunyuanVideoAvatar } from '../src/systems/hunyuan-video-avatar.ts';
import { omniavatar } from '../src/systems/omniavatar.ts';
import { runVideoSystem } from '../src/systems/run-system.ts';
import { videoCommand } from '../src/systems/video-command.ts';
import type { VideoSystem } from '../src/systems/video-system.ts';
import { wan21I2v } from '../src/systems/wan-i2v.ts';
import { wan22S2v } from '../src/systems/wan-s2v.ts';
import { fakeCheckout, type FakeCheckout } from './fixture/fake-checkout.ts';

/** Checkouts and scratch folders lie in it: paths of people have spaces. */
const folder = mkdtempSync(join(tmpdir(), 'video systems '));
beforeEach(() => void vi.stubEnv('TMPDIR', folder));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const person = paintedPerson({ ...WHOLE_PERSON, width: 64, height: 96, scale: 0.5 });
const RATE = 16_000;
/** Seconds at which the voice is loud, each for a fifth of a second. */
const LOUD = [0.52, 1.2, 2.28];
const LOUD_SECONDS = 0.2;

/** Loud now and then, else silent. */
function voiceOf(seconds: number, loud: readonly number[] = LOUD): Audio {
  const samples = new Float32Array(Math.round(seconds * RATE));
  for (const at of loud)
    for (let i = Math.round(at * RATE); i < Math.round((at + LOUD_SECONDS) * RATE) && i < samples.length; i++)
      samples[i] = i % 2 === 0 ? 0.5 : -0.5;
  return { sampleRate: RATE, samples };
}

const noMatte = async (): Promise<NonNullable<Video['matte']>> => ({ read: async function* () {} });

interface Tried {
  readonly checkout: FakeCheckout;
  readonly logs: readonly string[];
  readonly reports: readonly { readonly done: number; readonly total: number }[];
  readonly scratch: string;
  readonly video: Video;
}

/** Runs a system with its params of a default, in a checkout of fakes. */
async function make<P>(
  backbone: keyof typeof videoDiffusionStage.backbones,
  system: VideoSystem<P>,
  asked: {
    frames?: number;
    voice?: Audio;
    prompt?: string;
    params?: object;
    checkout?: FakeCheckout;
    signal?: AbortSignal;
  },
): Promise<Tried> {
  const checkout = asked.checkout ?? fakeCheckout(system.system.name);
  await using ctx = stageContext({
    gpu: { index: 3, memoryMiB: 81_559 },
    checkout: () => Promise.resolve(checkout),
    ...(asked.signal && { signal: asked.signal }),
  });
  const params = {
    ...videoDiffusionStage.params.parse({ frames: asked.frames ?? 75, area: 6144 }),
    ...videoDiffusionStage.backbones[backbone].params.parse(asked.params ?? {}),
  } as never;
  const inputs = { ...person, audio: asked.voice ?? voiceOf(3), prompt: asked.prompt };
  const { video } = await runVideoSystem(system, inputs, params, ctx, noMatte);
  return { checkout, logs: ctx.logs, reports: ctx.reports, scratch: await ctx.scratch(), video };
}

async function brightness(video: Video): Promise<number[]> {
  const middle = 4 * ((video.height >> 1) * video.width + (video.width >> 1));
  const values: number[] = [];
  for await (const data of video.read()) values.push(data[middle + 1]);
  return values;
}

/** Frame at which each bright stretch begins. */
function onsets(values: readonly number[]): number[] {
  return values.flatMap((value, f) => (value > 120 && (f === 0 || values[f - 1] <= 120) ? [f] : []));
}

describe.each([
  ['omniavatar', omniavatar, 25],
  ['hunyuan-video-avatar', hunyuanVideoAvatar, 25],
  ['echomimic-v2', echomimicV2, 24],
  ['wan2.2-s2v', wan22S2v, 16],
  ['command', videoCommand, 30],
] as const)('%s', (backbone, system, fps) => {
  test('gives a film of its rate, as long as asked, with lips on the voice to a frame', async () => {
    const { video, reports, checkout } = await make(backbone, system as VideoSystem<never>, {});
    expect(video.fps).toBe(fps);
    expect(video.frames).toBe(3 * fps);
    expect([video.width, video.height]).toEqual([64, 96]);
    expect(video.audio).toEqual(voiceOf(3));
    const values = await brightness(video);
    expect(values).toHaveLength(video.frames);
    const found = onsets(values);
    expect(found).toHaveLength(LOUD.length);
    for (const [i, at] of LOUD.entries()) expect(Math.abs(found[i] - at * fps)).toBeLessThanOrEqual(1);
    expect(reports).toContainEqual({ done: 8, total: 8, note: expect.any(String) });
    expect(checkout.calls().at(-1)?.gpu).toBe('3');
  });

  test('is as long as the voice where no length is asked for', async () => {
    const { video } = await make(backbone, system as VideoSystem<never>, { frames: 0, voice: voiceOf(1.6, [0.5]) });
    expect(video.frames).toBe(Math.round(1.6 * fps));
  });
});

describe('a script that misbehaves', () => {
  test.each([
    ['short', 'stage.short-film', /expected a film of 84 frames, got 42/],
    ['other-rate', 'stage.film-rate', /expected a film of 25 frames a second, got 50/],
  ])('%s is one failure that says what to do', async (mode, code, message) => {
    vi.stubEnv('FAKE_MODE', mode);
    await expect(make('omniavatar', omniavatar, {})).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('says nothing for an hour: it is ended', async () => {
    vi.stubEnv('FAKE_MODE', 'silent');
    const checkout = fakeCheckout('omniavatar', { silence: 4 });
    await expect(make('omniavatar', omniavatar, { checkout })).rejects.toMatchObject({ code: 'task.command-silent' });
  });

  test('is ended when its task is cancelled', async () => {
    vi.stubEnv('FAKE_MODE', 'silent');
    const stop = new AbortController();
    const made = make('omniavatar', omniavatar, { signal: stop.signal });
    void setTimeout(1500).then(() => stop.abort(new Error('cancelled')));
    await expect(made).rejects.toThrow('cancelled');
  });

  test('leaves nothing in its checkout', async () => {
    const { checkout } = await make('omniavatar', omniavatar, { frames: 25, voice: voiceOf(1) });
    expect(readdirSync(join(checkout.folder, 'demo_out/OmniAvatar-14B'))).toEqual([]);
  });
});

describe.each([
  ['omniavatar', omniavatar, false],
  ['hunyuan-video-avatar', hunyuanVideoAvatar, false],
  ['echomimic-v2', echomimicV2, false],
  ['wan2.1-i2v', wan21I2v, true],
  ['wan2.2-s2v', wan22S2v, true],
  ['command', videoCommand, true],
] as const)('%s', (backbone, system, isTold) => {
  const asked = { frames: 8, voice: voiceOf(0.5, []) };

  test.each([
    ['half-way', /got 1 \("RuntimeError: CUDA out of memory"\); run it by hand/],
    ['no-output', /expected its result at .*, got none; run it by hand/],
  ])('that ends %s fails with what to do', async (mode, message) => {
    vi.stubEnv('FAKE_MODE', mode);
    await expect(make(backbone, system as VideoSystem<never>, asked)).rejects.toMatchObject({
      code: 'task.command-failed',
      message: expect.stringMatching(message),
    });
  });

  test('that names its film otherwise is found out, or fails where it was told the name', async () => {
    vi.stubEnv('FAKE_MODE', 'other-name');
    const made = make(backbone, system as VideoSystem<never>, asked);
    if (isTold) return expect(made).rejects.toMatchObject({ code: 'task.command-failed' });
    const { video, logs } = await made;
    expect(video.frames).toBe(8);
    expect(logs).toContainEqual(expect.stringMatching(/left its film under another name than documented: .*film\.mp4/));
  });
});

describe('films longer than a system makes', () => {
  test('are joined of overlapping ones, in time with the voice', async () => {
    const loud = [0.6, 4.6, 5.4, 8.2];
    const { video, checkout } = await make('hunyuan-video-avatar', hunyuanVideoAvatar, {
      frames: 250,
      voice: voiceOf(10, loud),
      params: { imageSize: 256 },
    });
    expect(video.frames).toBe(250);
    expect(checkout.calls()).toHaveLength(3);
    const found = onsets(await brightness(video));
    expect(found).toHaveLength(loud.length);
    for (const [i, at] of loud.entries()) expect(Math.abs(found[i] - at * 25)).toBeLessThanOrEqual(1);
  });

  test('go on from a frame of the one before where a film begins with its picture', async () => {
    const { video, checkout } = await make('wan2.1-i2v', wan21I2v, { frames: 200, voice: voiceOf(8) });
    expect([video.frames, video.fps]).toEqual([128, 16]);
    expect(checkout.calls().map(({ args }) => args[args.indexOf('--frame_num') + 1])).toEqual(['81', '49']);
    const values = await brightness(video);
    for (let f = 1; f < values.length; f++) expect(Math.abs(values[f - 1] - values[f] - 1)).toBeLessThanOrEqual(4);
    expect(values[0] - values[127]).toBeGreaterThan(115);
  });
});

/** Arguments with what differs from task to task by its name. */
function told({ checkout, scratch }: Tried, index = -1): string[] {
  const call = checkout.calls().at(index);
  return [call?.program ?? '', ...(call?.args ?? [])].map((arg) =>
    arg.replaceAll(scratch, 'TASK').replaceAll(scratch.split('/').at(-1) as string, 'ID'),
  );
}

describe('argument lists are the documented command lines', () => {
  const short = { frames: 25, voice: voiceOf(1), prompt: 'A man "speaks", calmly@@.\nHe smiles.' };

  test('omniavatar', async () => {
    expect(told(await make('omniavatar', omniavatar, short))).toEqual(
      (
        'torchrun --standalone --nproc_per_node=1 scripts/inference.py --config configs/inference.yaml ' +
        '--input_file TASK/ID-0.txt --hp=seed=1,num_steps=25,guidance_scale=4.5,overlap_frame=13'
      ).split(' '),
    );
  });

  test('hunyuan-video-avatar', async () => {
    expect(told(await make('hunyuan-video-avatar', hunyuanVideoAvatar, short))).toEqual(
      (
        'python3 hymm_sp/sample_gpu_poor.py --input TASK/ID-0.csv --ckpt ' +
        './weights/ckpts/hunyuan-video-t2v-720p/transformers/mp_rank_00_model_states_fp8.pt --sample-n-frames 129 ' +
        '--seed 1 --image-size 704 --cfg-scale 7.5 --infer-steps 50 --use-deepcache 1 --flow-shift-eval-video 5.0 ' +
        '--save-path TASK/ID-0-films --use-fp8 --infer-min'
      ).split(' '),
    );
  });

  test('echomimic-v2', async () => {
    expect(told(await make('echomimic-v2', echomimicV2, short))).toEqual(
      (
        'python infer.py --config configs/prompts/infer.yaml -W 768 -H 768 -L 24 --steps 30 --cfg 2.5 --seed 1 ' +
        '--ref_images_dir TASK --audio_dir TASK --pose_dir TASK --refimg_name ID-0/picture.png ' +
        '--audio_name ID-0-voice.wav --pose_name ID-0-poses'
      ).split(' '),
    );
  });

  const prompt = 'A man "speaks", calmly@@. He smiles.';

  test('wan2.1-i2v', async () => {
    expect(told(await make('wan2.1-i2v', wan21I2v, short))).toEqual([
      ...'python generate.py --task i2v-14B --size 832*480 --ckpt_dir ./Wan2.1-I2V-14B-480P'.split(' '),
      ...['--image', 'TASK/ID-0.png', '--prompt', prompt],
      ...'--frame_num 17 --offload_model True --t5_cpu --sample_steps 40 --base_seed 1'.split(' '),
      ...['--save_file', 'TASK/ID-0.mp4'],
    ]);
  });

  test('wan2.2-s2v', async () => {
    expect(told(await make('wan2.2-s2v', wan22S2v, short))).toEqual([
      ...'python generate.py --task s2v-14B --size 1024*704 --ckpt_dir ./Wan2.2-S2V-14B/'.split(' '),
      ...['--offload_model', 'True', '--convert_model_dtype', '--prompt', prompt],
      ...'--image TASK/ID-0.png --audio TASK/ID-0.wav --infer_frames 80 --num_clip 1'.split(' '),
      ...'--sample_steps 40 --base_seed 1 --save_file TASK/ID-0.mp4'.split(' '),
    ]);
  });

  test('command', async () => {
    const tried = await make('command', videoCommand, short);
    expect(told(tried)).toEqual([
      ...['run', '--image', 'TASK/ID-0.png', '--audio', 'TASK/ID-0.wav', '--prompt', prompt],
      ...['--seconds', '1', '--seed', '1', '--output', 'TASK/ID-0.mp4'],
    ]);
  });
});
