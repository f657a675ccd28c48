import { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import { fill, ontoPainted, softFill, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { polygon, sampled } from './curves.ts';
import type { Box } from './fabric.ts';
import { SHADOWS, type HairColors, type Skin } from './palette.ts';

/**
 * A lock of hair: curves from roots to tips, side by side, with the same number of points. Strands run between
 * neighbours.
 */
export interface Lock {
  readonly guides: readonly (readonly Point[])[];
  readonly strands: number;
  /** width of a strand, design units */
  readonly width: number;
  /** where along a strand the light catches, 0 root … 1 tip */
  readonly shine: number;
  /** how far a strand strays from its place, design units */
  readonly stray: number;
  /** darker (−) or lighter (+) than the rest, for locks that lie behind or in front */
  readonly tone?: number;
}

/**
 * Fills the space between the outer guides, then draws strand by strand, each with its own share of dark and light and
 * one soft gleam.
 */
export function paintLock(brush: Brush, lock: Lock, hair: HairColors, random: Draws): void {
  const { ctx } = brush;
  const guides = lock.guides.map((guide) => sampled(guide, 5));
  const body = bodyOf(guides);
  const tone = lock.tone ?? 0;
  const base = tone < 0 ? mix(hair.base, hair.dark, -tone) : mix(hair.base, hair.light, tone);
  softFill(brush, body, { color: mix(base, hair.dark, 0.45), opacity: 1, blur: 1.2 });
  fill(brush, body, css(mix(base, hair.dark, 0.4)));
  ctx.lineCap = 'round';
  for (let index = 0; index < lock.strands; index++) {
    const place = random.next() * (guides.length - 1);
    const lower = Math.min(guides.length - 2, Math.floor(place));
    const share = place - lower;
    const shift = random.around(lock.stray);
    const bow = random.around(lock.stray * 1.4);
    const from = random.next() < 0.3 ? 0 : Math.floor(random.next() * 6);
    const until =
      guides[0].length - 1 - (random.next() < 0.25 ? Math.floor(random.next() * guides[0].length * 0.25) : 0);
    const path = new Path2D();
    let first: Point = [0, 0];
    let last: Point = [0, 0];
    for (let step = from; step <= until; step++) {
      const [a, b] = [guides[lower][step], guides[lower + 1][step]];
      const t = step / (guides[0].length - 1);
      const point: Point = [
        a[0] + (b[0] - a[0]) * share + shift * (0.3 + t) + bow * Math.sin(t * Math.PI),
        a[1] + (b[1] - a[1]) * share + shift * 0.3,
      ];
      if (step === from) path.moveTo(point[0], point[1]);
      else path.lineTo(point[0], point[1]);
      if (step === from) first = point;
      last = point;
    }
    const chance = random.next();
    const own =
      chance < 0.36
        ? mix(base, hair.dark, random.between(0.3, 1))
        : chance < 0.82
          ? base
          : mix(base, hair.light, random.between(0.3, 0.9));
    const gleam = Math.min(0.92, Math.max(0.08, lock.shine + random.around(0.09)));
    const style = ctx.createLinearGradient(first[0], first[1], last[0], last[1]);
    style.addColorStop(0, css(mix(own, hair.dark, 0.5), 0.85));
    style.addColorStop(Math.max(0, gleam - 0.16), css(own, 0.8));
    style.addColorStop(gleam, css(mix(own, chance > 0.5 ? hair.shine : hair.light, chance > 0.5 ? 0.55 : 0.6), 0.8));
    style.addColorStop(Math.min(1, gleam + 0.18), css(own, 0.8));
    style.addColorStop(1, css(mix(own, hair.dark, 0.35), 0.75));
    ctx.strokeStyle = style;
    ctx.lineWidth = lock.width * random.between(0.5, 1.25);
    ctx.stroke(path);
  }
}

/** The area that a lock covers, a little ragged at its tips. */
export function bodyOf(guides: readonly (readonly Point[])[]): Path2D {
  const first = guides[0];
  const last = guides[guides.length - 1];
  const tips = guides.map((guide) => guide[guide.length - 1]);
  const roots = guides.map((guide) => guide[0]).reverse();
  return polygon([...first, ...tips, ...[...last].reverse(), ...roots]);
}

/** Curves between two, evenly: saves writing each guide by hand where the lock only widens. */
export function between(a: readonly Point[], b: readonly Point[], count: number): Point[][] {
  return Array.from({ length: count }, (_, index) =>
    a.map(([x, y], point): Point => [
      x + ((b[point][0] - x) * index) / (count - 1),
      y + ((b[point][1] - y) * index) / (count - 1),
    ]),
  );
}

export interface ScatteredHairs {
  /** encloses the area, design units */
  readonly box: Box;
  readonly count: number;
  /** of a hair, design units */
  readonly length: number;
  readonly width: number;
  readonly hair: HairColors;
  /** the angle of growth at a place, radians, 0 = down */
  readonly direction: (x: number, y: number) => number;
}

/** Short hairs scattered over an area: cropped heads, temples, the edge of a hairline. */
export function scatterHairs(
  brush: Brush,
  area: Path2D,
  { box, count, length, width, hair, direction }: ScatteredHairs,
  random: Draws,
): void {
  within(brush, area, () => {
    for (let index = 0; index < count; index++) {
      const x = box.x + random.next() * box.width;
      const y = box.y + random.next() * box.height;
      const angle = direction(x, y) + random.around(0.3);
      const reach = length * random.between(0.6, 1.2);
      const path = new Path2D();
      path.moveTo(x, y);
      path.quadraticCurveTo(
        x + Math.sin(angle) * reach * 0.5 + 0.3,
        y + Math.cos(angle) * reach * 0.5,
        x + Math.sin(angle) * reach,
        y + Math.cos(angle) * reach,
      );
      const chance = random.next();
      brush.ctx.strokeStyle = css(chance < 0.5 ? hair.dark : chance < 0.85 ? hair.base : hair.light, 0.6);
      brush.ctx.lineWidth = width * random.between(0.7, 1.2);
      brush.ctx.stroke(path);
    }
  });
}

/** Shadow of hair on brow, temples and whatever lies under it. */
export function castHairShadow(brush: Brush, area: Path2D, skin: Skin): void {
  ontoPainted(brush, () =>
    softFill(brush, area, { color: mix(skin.deep, SHADOWS.hair, 0.6), opacity: 0.45, blur: 4.5, dx: 3, dy: 5 }),
  );
}
