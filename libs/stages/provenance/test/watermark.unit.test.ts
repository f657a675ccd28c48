import { describe, expect, it } from 'vitest';
import { readAll, videoFromFrames } from '@soliloquy/media';
import { stageContext } from '@soliloquy/testing';
import { findMark, meanLuma } from '@soliloquy/watermark';
import { run } from '../src/watermark/backbones/spread-spectrum.ts';

const [width, height] = [256, 256];
const video = videoFromFrames({ width, height, fps: 25, frames: 3 }, function* (from, to) {
  for (let t = from; t < to; t++)
    yield Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
      i % 4 === 3 ? 255 : 80 + i / 4096 + 9 * Math.sin(i / 77) + t,
    );
});

describe('watermark', () => {
  it('marks with the first 64 bits of the key of its task, and reports each frame', async () => {
    await using ctx = stageContext({ key: 'fedcba9876543210'.repeat(4) });
    const { video: marked } = await run({ video }, { mark: true }, ctx);
    expect(findMark(await meanLuma(marked, 3))?.id).toBe('fedcba9876543210');
    expect(ctx.reports.at(-1)).toMatchObject({ done: 3, total: 3 });
  });

  it('gives the film as it is when it shall not mark', async () => {
    await using ctx = stageContext();
    const { video: same } = await run({ video }, { mark: false }, ctx);
    const [one, other] = await Promise.all(
      [same, video].map(async (film) => (await readAll(film)).map((frame) => Buffer.from(frame))),
    );
    expect(Buffer.concat(one).equals(Buffer.concat(other))).toBe(true);
  });
});
