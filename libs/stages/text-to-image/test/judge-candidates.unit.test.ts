import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Image } from '@soliloquy/media';
import { Networks } from '@soliloquy/whole-body';
import { best, judge, sheetOf, type Judgement } from '../src/diffusion/judge-candidates.ts';
import { lookOf, paintFigure } from '../src/figure/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'soliloquy-judge-'));
const networks = new Networks({ threads: 2, folder });
afterAll(async () => {
  await networks.dispose();
  rmSync(folder, { recursive: true, force: true });
});
const PATIENCE_MS = 240_000;

function noise(width: number, height: number): Image {
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : ((i * 2654435761) >>> 9) & 255,
  );
  return { width, height, data };
}

test(
  'a whole person who faces us goes before noise, a half one and two, however sharp',
  { timeout: PATIENCE_MS },
  async () => {
    const size = { width: 384, height: 576 };
    const { image: whole } = await paintFigure(lookOf({ gender: 'woman' }, 3), size, 3, async () => undefined);
    const { image: other } = await paintFigure(lookOf({ gender: 'man' }, 5), size, 5, async () => undefined);
    const head = { width: 384, height: 192, data: whole.data.slice(0, 4 * 384 * 192) };
    const candidates = [noise(384, 576), head, sheetOf([whole, other]), whole];
    const judgements: Judgement[] = [];
    for (const each of candidates) judgements.push(await judge(networks, each));
    const [nothing, half, both, one] = judgements as [Judgement, Judgement, Judgement, Judgement];
    expect([nothing.people, nothing.body, nothing.frontal, nothing.hands]).toEqual([0, 0, 0, 0]);
    expect(nothing.sharpness).toBeGreaterThan(one.sharpness);
    expect(both.people).toBe(2);
    expect(one.people).toBe(1);
    expect(one.body).toBeGreaterThan(half.body);
    expect(one.frontal).toBeGreaterThan(0.7);
    expect(best(judgements)).toBe(3);
  },
);

test('of equals the first is kept; one measure of nothing makes a picture worse, not worthless', () => {
  const good = { sharpness: 9, people: 1, clipped: 0, body: 1, frontal: 1, hands: 1 };
  expect(best([good, good])).toBe(0);
  for (const worse of [
    { people: 2 },
    { people: 0 },
    { clipped: 1 },
    { body: 0 },
    { frontal: 0 },
    { hands: 0 },
    { sharpness: 1 },
  ])
    expect(best([{ ...good, ...worse }, good])).toBe(1);
  expect(
    best([
      { ...good, body: 0, hands: 0 },
      { ...good, people: 0, body: 0, frontal: 0, hands: 0 },
    ]),
  ).toBe(0);
  expect(best([{ ...good, sharpness: 0 }])).toBe(0);
});
