import { describe, expect, test } from 'vitest';
import type { ScalarPoint } from '@soliloquy/stage';
import { CurveLog } from '../src/worker/curve-log.ts';

/** What is sent of curves of which `log` adds the points. */
function sentBy(log: (curves: CurveLog) => void): { points: ScalarPoint[]; messages: number } {
  const points: ScalarPoint[] = [];
  let messages = 0;
  const curves = new CurveLog((some) => {
    messages++;
    points.push(...some);
  });
  log(curves);
  curves.end();
  return { points, messages };
}

const curve = (length: number, name = 'loss') =>
  Array.from({ length }, (_, index): ScalarPoint => ({ name, step: index + 1, value: 1 / (index + 1) }));

describe('the log of curves', () => {
  test('keeps a curve of 500 points whole and in order', () => {
    const { points } = sentBy((log) => curve(500).forEach((point) => log.add(point)));
    expect(points).toEqual(curve(500));
  });

  test('thins a long curve by its length alone, evenly within each doubling, and keeps its ends', () => {
    const { points } = sentBy((log) => curve(20_000).forEach((point) => log.add(point)));
    const steps = points.map(({ step }) => step);
    expect(steps.slice(498, 503)).toEqual([499, 500, 501, 503, 505]);
    expect(steps.filter((step) => step > 8000 && step <= 16_000)).toHaveLength(250);
    expect([steps[0], steps.at(-1)]).toEqual([1, 20_000]);
    expect(steps.length).toBeLessThan(250 * (1 + Math.log2(20_000 / 250)) + 2);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  test('sends points together, not one by one', () => {
    const { points, messages } = sentBy((log) => curve(400).forEach((point) => log.add(point)));
    expect(points).toHaveLength(400);
    expect(messages).toBeLessThan(40);
  });

  test('thins each curve for itself, and leaves out what is not finite', () => {
    const { points } = sentBy((log) => {
      for (const point of curve(600)) {
        log.add(point);
        log.add({ ...point, name: 'rate', value: point.step % 2 === 0 ? NaN : point.value });
      }
    });
    expect(points.filter(({ name }) => name === 'loss')).toHaveLength(551);
    expect(points.filter(({ name }) => name === 'rate').map(({ step }) => step)).toEqual(
      Array.from({ length: 300 }, (_, index) => 2 * index + 1),
    );
  });
});
