import { beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '@soliloquy/media';
import { armsView, headView, paintedPerson, stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/puppet.ts';
import { videoDiffusionStage } from '../src/index.ts';
import { puppetMotion } from '../src/puppet/index.ts';
import { babble, correlation, silence } from './babble.ts';
import { FREE_ARMS } from './free-arms.ts';

const area = 192 * 192;
const params = { fps: 25, frames: 75, area, expressiveness: 1 };
const inputs = {
  ...paintedPerson(headView(256)),
  audio: babble(3),
  prompt: undefined,
  tracks: undefined,
  model: undefined,
};

/** Mean absolute difference of two frames, 0 … 255. */
function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

describe('puppet', () => {
  let frames: Uint8ClampedArray[];
  let mattes: Uint8ClampedArray[];
  beforeAll(async () => {
    const { video } = await run(inputs, params, stageContext({ seed: 7 }));
    frames = await readAll(video);
    mattes = [];
    for await (const matte of video.matte?.read() ?? []) mattes.push(matte.slice());
  });

  it('is a stage whose defaults are all there and described', () => {
    const shape = { ...videoDiffusionStage.params.shape, ...videoDiffusionStage.backbones.puppet.params.shape };
    expect(videoDiffusionStage.params.parse({})).toEqual({ fps: 25, frames: 125, area: 393216 });
    for (const field of Object.values(shape)) expect(field.description).toBeTruthy();
  });

  it('gives a film of even sides and the asked area, with matte and voice, and says how far it is', async () => {
    const ctx = stageContext({ seed: 7 });
    const { video } = await run(inputs, params, ctx);
    expect([video.width, video.height, video.frames, video.fps]).toEqual([192, 192, 75, 25]);
    expect(video.audio).toBe(inputs.audio);
    for await (const _ of video.read(3, 6)) continue;
    expect(ctx.reports.map(({ done }) => done)).toEqual([4, 5, 6]);
  });

  it('keeps every pixel still that the person never covers', () => {
    let still = 0;
    for (let i = 0; i < 192 * 192; i++) {
      if (mattes.some((matte) => matte[i] > 0)) continue;
      still++;
      for (const frame of frames)
        for (let c = 0; c < 4; c++)
          if (frame[4 * i + c] !== frames[0][4 * i + c]) throw new Error(`pixel ${i} changed`);
    }
    expect(still).toBeGreaterThan(0.2 * 192 * 192);
  });

  it('shows the background exactly where the matte is 0', async () => {
    const [bare] = await readAll(
      (
        await run(
          {
            ...inputs,
            image: { ...inputs.image, data: inputs.image.data.map((value, i) => (i % 4 === 3 ? 0 : value)) },
          },
          params,
          stageContext({ seed: 7 }),
        )
      ).video,
      0,
      1,
    );
    let worst = 0;
    for (let i = 0; i < 192 * 192; i++)
      if (mattes[20][i] === 0) worst = Math.max(worst, Math.abs(frames[20][4 * i + 1] - bare[4 * i + 1]));
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('opens the mouth in the picture as the motion says', () => {
    const { jawOpen } = puppetMotion(inputs.audio, { fps: 25, frames: 75, seed: 7 }, FREE_ARMS).channels;
    // Around the mouth, which is at half the width and 0.62 of the height: the darker, the wider open.
    const darkness = frames.map((frame) => {
      let dark = 0;
      for (let y = 112; y < 136; y++) for (let x = 84; x < 108; x++) if (frame[4 * (y * 192 + x) + 1] < 60) dark++;
      return dark;
    });
    expect(correlation(jawOpen, darkness)).toBeGreaterThan(0.8);
  });

  it('is silent with a closed mouth: nothing but idle motion happens', async () => {
    const { video } = await run(
      { ...inputs, audio: silence(1) },
      { ...params, frames: 0, expressiveness: 0 },
      stageContext({ seed: 7 }),
    );
    const quiet = await readAll(video);
    expect(quiet.length).toBe(25);
    expect(difference(quiet[0], quiet[4])).toBeLessThan(1);
  });

  it('gives the same frames for the same seed, in any order of reading', async () => {
    const { video } = await run(inputs, params, stageContext({ seed: 7 }));
    const [late] = await readAll(video, 40, 41);
    const again = await readAll(video, 38, 43);
    expect(difference(late, frames[40])).toBe(0);
    expect(again.map((frame) => difference(frame, frames[38 + again.indexOf(frame)]))).toEqual([0, 0, 0, 0, 0]);
    expect(
      difference((await readAll((await run(inputs, params, stageContext({ seed: 8 }))).video, 40, 41))[0], frames[40]),
    ).toBeGreaterThan(0);
  });

  it('can be read twice at once', async () => {
    const { video } = await run(inputs, params, stageContext({ seed: 7 }));
    const matte = async (): Promise<Uint8ClampedArray[]> => {
      const all = [];
      for await (const one of video.matte?.read(10, 14) ?? []) all.push(one.slice());
      return all;
    };
    const [first, second, third] = await Promise.all([readAll(video, 10, 14), readAll(video, 30, 34), matte()]);
    for (let i = 0; i < 4; i++)
      expect([
        difference(first[i], frames[10 + i]),
        difference(second[i], frames[30 + i]),
        difference(third[i], mattes[10 + i]),
      ]).toEqual([0, 0, 0]);
  });

  it('moves in every frame, and by little', () => {
    const steps = frames.slice(1).map((frame, f) => difference(frame, frames[f]));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(6);
  });

  it(
    'keeps the sharpness of the face: variance of the Laplacian at least 0.75 of the first frame of a ' +
      'puppet at rest',
    async () => {
      const rest = (
        await readAll(
          (
            await run(
              { ...inputs, audio: silence(1) },
              { ...params, frames: 1, expressiveness: 0 },
              stageContext({ seed: 7 }),
            )
          ).video,
        )
      )[0];
      const laplacian = (frame: Uint8ClampedArray): number => {
        const at = (x: number, y: number): number => frame[4 * (y * 192 + x) + 1];
        const values: number[] = [];
        for (let y = 75; y < 105; y++)
          for (let x = 75; x < 117; x++)
            values.push(4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1));
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        return values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      };
      const moving = frames.map(laplacian).sort((a, b) => a - b)[37];
      expect(moving / laplacian(rest)).toBeGreaterThan(0.75);
    },
  );

  it('moves arms where the picture shows them, and a head alone where it does not', async () => {
    const scene = {
      ...paintedPerson(armsView(256)),
      audio: babble(2),
      prompt: undefined,
      tracks: undefined,
      model: undefined,
    };
    const hand = (frame: Uint8ClampedArray): number => {
      // Mean height of the skin's pixels right of the body: red, where shirt is blue and the wall is grey.
      let [sum, count] = [0, 0];
      for (let y = 0; y < 192; y++) {
        for (let x = 160; x < 192; x++) {
          const at = 4 * (y * 192 + x);
          if (frame[at] - frame[at + 2] > 40) [sum, count] = [sum + y, count + 1];
        }
      }
      return sum / Math.max(1, count);
    };
    const heights = (await readAll((await run(scene, { ...params, frames: 50 }, stageContext({ seed: 7 }))).video)).map(
      hand,
    );
    expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(1);
    const stiff = (
      await readAll((await run(scene, { ...params, frames: 50, expressiveness: 0 }, stageContext({ seed: 7 }))).video)
    ).map(hand);
    expect(Math.max(...stiff) - Math.min(...stiff)).toBeLessThan(0.7);
  });

  it('makes a film of a third of a second, and of the smallest size', async () => {
    const { video } = await run(
      { ...inputs, audio: babble(0.3) },
      { ...params, frames: 0, area: 64 * 64 },
      stageContext({ seed: 7 }),
    );
    expect([video.width, video.height, video.frames]).toEqual([64, 64, 8]);
    expect((await readAll(video)).length).toBe(8);
  });

  it('stops when it is cancelled', async () => {
    const ctx = stageContext({ seed: 7 });
    const { video } = await run(inputs, params, ctx);
    const reading = (async () => {
      for await (const _ of video.read()) ctx.abort();
    })();
    await expect(reading).rejects.toThrow(/abort/i);
  });

  it('refuses landmarks of a picture of another shape', async () => {
    await expect(
      run({ ...inputs, landmarks: { ...inputs.landmarks, width: 512 } }, params, stageContext({ seed: 7 })),
    ).rejects.toMatchObject({ code: 'stage.landmarks-size' });
  });
});
