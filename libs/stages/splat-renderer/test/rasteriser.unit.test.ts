import { describe, expect, test } from 'vitest';
import { allocateDeformed, evaluateDeformation } from '@soliloquy/gaussian-cloud';
import { readAll } from '@soliloquy/media';
import type { Audio, Camera, Video } from '@soliloquy/ports';
import { createRasterizer } from '@soliloquy/splat';
import { NO_ADAPTER, softwareAdapter, stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/rasteriser.ts';
import { splatRendererStage } from '../src/index.ts';
import { backdrop, camera, cloud, dance } from './dancing-cloud.ts';

const FRAMES = 5;
const { width, height } = camera;
const gaussians = cloud(300, 1);
const deformation = dance(gaussians, FRAMES);
const background = backdrop(width, height);
const params = splatRendererStage.params.parse({ area: width * height });
const film = async (
  given: { camera?: Camera; audio?: Audio } = {},
  area = params.area,
  ctx = stageContext(),
): Promise<Video> =>
  (await run({ gaussians, deformation, background, audio: given.audio, camera: given.camera }, { area }, ctx)).video;

/** What the rasteriser draws of one frame: f32 colour and transmittance. */
async function drawn(frame: number, view = camera): Promise<{ color: Float32Array; transmittance: Float32Array }> {
  const rasterizer = await createRasterizer();
  const deformed = allocateDeformed(gaussians);
  evaluateDeformation(gaussians, deformation, frame, deformed);
  const output = rasterizer.render(
    deformed,
    view,
    Float32Array.from(
      { length: view.width * view.height * 3 },
      (_, i) => background.data[Math.floor(i / 3) * 4 + (i % 3)] / 255,
    ),
  );
  rasterizer.dispose();
  return output;
}

describe('the film', () => {
  test('has the size, rate and number of frames that are asked for', async () => {
    expect(await film()).toMatchObject({ width, height, fps: 25, frames: FRAMES });
    const large = await film({}, 4 * width * height);
    expect([large.width, large.height]).toEqual([2 * width, 2 * height]);
    expect(await readAll(large, 0, 1)).toHaveLength(1);
  });

  test('shows what the rasteriser draws of the deformed Gaussians, to a byte', async () => {
    const frames = await readAll(await film());
    expect(frames).toHaveLength(FRAMES);
    for (const [t, frame] of frames.entries()) {
      const { color } = await drawn(t);
      expect(frame).toEqual(
        Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
          i % 4 === 3 ? 255 : 255 * color[Math.floor(i / 4) * 3 + (i % 4)],
        ),
      );
    }
  });

  test('moves', async () => {
    const [first, last] = [...(await readAll(await film(), 0, 1)), ...(await readAll(await film(), FRAMES - 1))];
    expect(last).not.toEqual(first);
  });

  test('has the background byte for byte where nobody is', async () => {
    const [frame] = await readAll(await film(), 2, 3);
    const { transmittance } = await drawn(2);
    let free = 0;
    for (let i = 0; i < width * height; i++) {
      if (transmittance[i] < 1) continue;
      free++;
      expect(frame.subarray(i * 4, i * 4 + 3)).toEqual(background.data.subarray(i * 4, i * 4 + 3));
    }
    expect(free).toBeGreaterThan(0.3 * width * height);
    expect(free).toBeLessThan(0.95 * width * height);
  });

  test('is the same read twice, in part, from the middle, and with two threads', async () => {
    const video = await film();
    const all = await readAll(video);
    expect(await readAll(video)).toEqual(all);
    expect(await readAll(video, 2, 4)).toEqual(all.slice(2, 4));
    expect(await readAll(await film({}, params.area, stageContext({ threads: 2 })))).toEqual(all);
  });

  test('on WebGPU is the film of the CPU, to a byte step where that rounds', async (context) => {
    Object.assign(process.env, softwareAdapter());
    if (process.env.VK_ICD_FILENAMES === undefined) return context.skip(NO_ADAPTER);
    const [ours] = await readAll(await film({}, params.area, stageContext({ device: 'webgpu' })), 3, 4);
    const [judge] = await readAll(await film(), 3, 4);
    const steps = judge.map((value, i) => Math.abs(value - ours[i]));
    expect(Math.max(...steps)).toBeLessThanOrEqual(1);
    // a colour within 1e-4 is rounded to the other side now and then
    expect(steps.filter((step) => step > 0).length).toBeLessThan(0.01 * steps.length);
    expect(ours).not.toEqual((await readAll(await film(), 0, 1))[0]);
  }, 300_000);

  test('carries the voice as it is, and has no sound without one', async () => {
    const audio: Audio = { sampleRate: 16000, samples: Float32Array.from({ length: 3200 }, (_, i) => Math.sin(i / 9)) };
    expect((await film({ audio })).audio).toBe(audio);
    expect((await film()).audio).toBeUndefined();
  });

  test('is seen from a camera that is connected', async () => {
    const aside: Camera = { ...camera, worldToCamera: [1, 0, 0, 0.3, 0, 1, 0, 0, 0, 0, 1, 0.5, 0, 0, 0, 1] };
    const [frame] = await readAll(await film({ camera: aside }), 1, 2);
    const { color } = await drawn(1, aside);
    expect(frame[4 * 2000]).toBe(Uint8ClampedArray.from([255 * color[3 * 2000]])[0]);
    expect(frame).not.toEqual((await readAll(await film(), 1, 2))[0]);
  });
});

describe('a film that cannot be drawn', () => {
  test('of a deformation of other Gaussians is refused with both counts', async () => {
    const other = dance(cloud(299, 1), FRAMES);
    await expect(
      (async () =>
        run(
          { gaussians, deformation: other, background, audio: undefined, camera: undefined },
          params,
          stageContext(),
        ))(),
    ).rejects.toMatchObject({
      code: 'stage.count-mismatch',
      message: expect.stringMatching(
        /^splat-renderer\.deformation: expected one of 300 Gaussians, got one of 299; connect/,
      ),
    });
  });

  test('stops at the frame after it is told to, also when nobody but a timer tells it', async () => {
    const controller = new AbortController();
    const heard: number[] = [];
    const progress = (done: number): void => {
      heard.push(done);
      if (done === 2) setImmediate(() => controller.abort());
    };
    const video = await film({}, params.area, stageContext({ signal: controller.signal, progress }));
    await expect(readAll(video)).rejects.toThrow(/abort/i);
    expect(heard[0]).toBe(1);
    expect(heard.length).toBeLessThan(FRAMES);
  });
});
