import { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { fill, glow, ontoPainted, softFill, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { ellipse, smooth, tapered } from './curves.ts';
import type { HairColors } from './palette.ts';
import type { Sitter } from './sitter.ts';
import type { Look } from './vocabulary.ts';

interface Halo {
  /** half width and height of the whole head of curls, and where its middle lies */
  readonly rx: number;
  readonly ry: number;
  readonly y: number;
  /** how far down it reaches beside the face */
  readonly bottom: number;
}

function haloOf(face: FaceShape, look: Look): Halo {
  return look.gender === 'woman'
    ? { rx: face.temple + 46, ry: 108, y: -46, bottom: 96 }
    : { rx: face.temple + 14, ry: 72, y: -76, bottom: -6 };
}

/** The outline of a head of curls: an ellipse with bumps, drawn in below. */
function outlineOf(halo: Halo, random: Draws): Path2D {
  const points: Point[] = [];
  for (let index = 0; index < 40; index++) {
    const angle = (index / 40) * Math.PI * 2;
    const bump = 1 + random.around(0.045);
    const y = Math.sin(angle);
    points.push([
      Math.cos(angle) * halo.rx * bump * (y > 0.3 ? 1 - (y - 0.3) * 0.22 : 1),
      halo.y + y * (y > 0 ? halo.bottom - halo.y : halo.ry) * bump,
    ]);
  }
  return smooth(points, true);
}

export function paintCurlsBack(brush: Brush, { anatomy: { face }, look, hair }: Sitter, random: Draws): void {
  const halo = haloOf(face, look);
  const area = outlineOf(halo, random);
  fill(brush, area, css(mix(hair.base, hair.dark, 0.72)));
  curls(
    brush,
    halo,
    { count: look.gender === 'woman' ? 420 : 170, hair, tone: -0.55, allowed: (x, y) => inside(halo, x, y, 1.02) },
    random,
  );
}

export function paintCurlsFront(brush: Brush, { anatomy: { face }, look, skin, hair }: Sitter, random: Draws): void {
  const halo = haloOf(face, look);
  const { temple: t, hairline: h } = face;
  const woman = look.gender === 'woman';
  // the face stays free: below the hairline's arch and between the cheeks
  const free = (x: number, y: number, margin: number): boolean => {
    const half = t * (woman ? 0.9 : 0.93) - margin;
    if (y > -18) return Math.abs(x) < half + (woman ? 0 : 8);
    const arch = h + 4 + (x / half) ** 2 * 46;
    return y > arch + margin;
  };
  const area = new Path2D();
  area.addPath(
    smooth(
      [
        [-t, -8],
        [-t * 0.9, -44],
        [-t * 0.6, h + 8],
        [0, h + 1],
        [t * 0.6, h + 8],
        [t * 0.9, -44],
        [t, -8],
        [t + 12, -60],
        [t * 0.7, face.crown - 12],
        [0, face.crown - 22],
        [-t * 0.7, face.crown - 12],
        [-t - 12, -60],
      ],
      true,
    ),
  );
  ontoPainted(brush, () =>
    softFill(brush, area, { color: mix(skin.shadow, skin.deep, 0.5), opacity: 0.7, blur: 5, dx: 3, dy: 6 }),
  );
  softFill(brush, area, { color: mix(hair.base, hair.dark, 0.55), opacity: 1, blur: 1.5 });
  fill(brush, area, css(mix(hair.base, hair.dark, 0.55)));
  curls(
    brush,
    halo,
    {
      count: woman ? 640 : 430,
      hair,
      tone: 0,
      allowed: (x, y) => inside(halo, x, y, 0.97) && !free(x, y, -2) && (Math.abs(x) < halo.rx || y < 0),
    },
    random,
  );
  const light = ellipse([0, halo.y], halo.rx, halo.ry, 0);
  within(brush, light, () => {
    brush.ctx.save();
    brush.ctx.globalCompositeOperation = 'source-atop';
    if (woman) glow(brush, [halo.rx * 0.66, 10], [42, 80], { color: hair.dark, opacity: 0.34 });
    glow(brush, [-halo.rx * 0.5, halo.y - halo.ry * 0.72], [56, 30], { color: hair.shine, opacity: 0.22, turn: -0.5 });
    brush.ctx.restore();
  });
}

function inside(halo: Halo, x: number, y: number, share: number): boolean {
  const below = y > halo.y;
  const ry = below ? halo.bottom - halo.y : halo.ry;
  const taper = below ? 1 - Math.max(0, (y - halo.y) / ry - 0.3) * 0.22 : 1;
  return (x / (halo.rx * taper)) ** 2 + ((y - halo.y) / ry) ** 2 < share ** 2;
}

interface Curls {
  readonly count: number;
  readonly hair: HairColors;
  /** darker (−) for those that lie behind */
  readonly tone: number;
  /** whether a curl may lie at a place */
  readonly allowed: (x: number, y: number) => boolean;
}

/** Single curls: each a short coil with a dark bed, a body and a gleam, laid over each other from the outside in. */
function curls(brush: Brush, halo: Halo, { count, hair, tone, allowed }: Curls, random: Draws): void {
  const places: Point[] = [];
  for (let tries = 0; places.length < count && tries < count * 12; tries++) {
    const x = (random.next() * 2 - 1) * halo.rx;
    const y = halo.y - halo.ry + random.next() * (halo.bottom - halo.y + halo.ry);
    if (allowed(x, y)) places.push([x, y]);
  }
  places.sort((a, b) => Math.hypot(b[0], b[1] + 60) - Math.hypot(a[0], a[1] + 60) + (b[0] - a[0]) * 1e-6);
  for (const [x, y] of places) {
    const away = Math.atan2(y + 60, x);
    const size = random.between(6, 11);
    const turn = away + random.around(1.2);
    const wind = random.next() < 0.5 ? 1 : -1;
    const points: Point[] = Array.from({ length: 6 }, (_, index) => {
      const angle = turn + wind * (index / 5) * 3.9;
      const radius = size * (1 - 0.55 * (index / 5));
      return [x + Math.cos(angle) * radius, y + Math.sin(angle) * radius * 0.9];
    });
    const chance = random.next();
    const lit = 0.5 - x / (halo.rx * 4) - (y - halo.y) / (halo.ry * 6);
    const own =
      tone < 0
        ? mix(hair.base, hair.dark, -tone + random.around(0.2))
        : mix(mix(hair.dark, hair.base, 0.4 + 0.6 * chance), hair.light, Math.max(0, lit) * chance * 0.7);
    fill(brush, tapered(points, 6.6, { peak: 0.4, start: 0.35, steps: 4 }), css(mix(hair.dark, own, 0.15), 0.8));
    fill(brush, tapered(points, 4.4, { peak: 0.4, start: 0.3, steps: 4 }), css(own, 0.95));
    const shifted = points.map(([px, py]): Point => [px - 0.7, py - 0.8]);
    if (tone >= 0 && chance > 0.2)
      fill(
        brush,
        tapered(shifted.slice(1, 4), 1.4, { steps: 4 }),
        css(mix(hair.light, hair.shine, chance * 0.7), 0.3 + 0.35 * Math.max(0, lit)),
      );
  }
}
