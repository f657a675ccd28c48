import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { videoFromFrames } from '@soliloquy/media';
import { openBackbone } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { qualityScoresStage } from '../src/index.ts';

const video = videoFromFrames({ width: 32, height: 32, fps: 25, frames: 5 }, (from, to) =>
  Array.from({ length: to - from }, () => new Uint8ClampedArray(32 * 32 * 4).fill(9)),
);

/** The stage with a program that leaves these words. */
async function scored(answer: string) {
  const folder = mkdtempSync(join(tmpdir(), 'q-align-'));
  writeFileSync(join(folder, 'answer'), answer);
  const script = `#!/bin/sh\nls "$2" > seen\nfor last; do :; done\ncp answer "$last"\n`;
  writeFileSync(join(folder, 'run'), script);
  chmodSync(join(folder, 'run'), 0o755);
  const checkout = { name: 'q-align', folder, seconds: 20, silence: 20, environment: [] };
  const run = await openBackbone(qualityScoresStage, 'q-align');
  await using ctx = stageContext({ checkout: () => Promise.resolve(checkout) });
  return { ...(await run({ video }, { every: 2 }, ctx)), seen: readFileSync(join(folder, 'seen'), 'utf8'), ctx };
}

test('a program of your own scores every so many frames; few frames are said to be few', async () => {
  const { metrics, seen, ctx } = await scored('{ "quality": [3, 4, 5], "aesthetics": [2, 2, 3.5] }');
  expect(seen).toBe('000000.png\n000001.png\n000002.png\n');
  expect(metrics.values).toEqual({ iqa: 4, ase: 2.5, 'iqa/count': 3 });
  expect(metrics.curves?.iqa).toEqual([3, 4, 5]);
  expect(metrics.about?.iqa).toMatchObject({ better: 'higher', text: expect.stringContaining('WARNING 3 frames') });
  expect(ctx.logs[0]).toBe('warning: 3 frames are too few: iqa means something from 10 on (frames of one film differ)');
});

test.each([
  ['too few scores', '{ "quality": [3], "aesthetics": [2, 2, 3] }', '1 and 3'],
  [
    'a score of another scale',
    '{ "quality": [3, 4, 50], "aesthetics": [2, 2, 3] }',
    'Too big: expected number to be <=5',
  ],
  ['no JSON', 'fine', 'no JSON'],
])('%s are refused', async (_, answer, got) => {
  await expect(scored(answer)).rejects.toMatchObject({ code: 'stage.bad-answer', got });
});
