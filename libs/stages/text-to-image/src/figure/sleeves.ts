import type { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import type { Arm } from './anatomy.ts';
import { armTube } from './arms.ts';
import { glow, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { mix } from './color.ts';
import { smooth, tube, type Tube } from './curves.ts';
import { fold, paintCloth, ribs, seam, type Box, type Weave } from './fabric.ts';
import { SHADOWS, type Cloth, type Clothes } from './palette.ts';

export interface Sleeve {
  readonly length: 'short' | 'long';
  readonly ease: number;
  readonly cuffEase: number;
  readonly cuff: 'plain' | 'ribbed' | 'buttoned' | 'tailored';
}

function shapeOf(arm: Arm, sleeve: Sleeve): Tube {
  return armTube(arm, { ease: sleeve.ease, until: sleeve.length === 'long' ? 1 : 0.4, cuffEase: sleeve.cuffEase });
}

/** A sleeve on an arm. */
export interface WornSleeve {
  readonly arm: Arm;
  readonly sleeve: Sleeve;
  readonly weave: Weave;
  readonly clothes: Clothes;
}

/** The tube of a sleeve, and which way its arm bends out: 1 to the right of the page. */
interface SleeveCloth {
  readonly shape: Tube;
  readonly cloth: Cloth;
  readonly outward: number;
}

/** A sleeve over an arm, after torso and hand. */
export function paintSleeve(brush: Brush, { arm, sleeve, weave, clothes }: WornSleeve, random: Draws): void {
  const shape = shapeOf(arm, sleeve);
  const { path, left, right } = shape;
  const cloth = clothes.main;
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.4, blur: 9, dx: 3, dy: 5 }));
  const outward = arm.elbow[0] > arm.shoulder[0] ? 1 : -1;
  const xs = [...left, ...right].map(([x]) => x);
  const ys = [...left, ...right].map(([, y]) => y);
  const box = {
    x: Math.min(...xs) - 30,
    y: Math.min(...ys) - 30,
    width: Math.max(...xs) - Math.min(...xs) + 60,
    height: Math.max(...ys) - Math.min(...ys) + 60,
  };
  if (sleeve.cuff === 'tailored') paintCuffShirt(brush, arm, clothes.inner);
  paintCloth(brush, path, cloth, { box, weave, depth: 17 });
  within(brush, path, () => {
    if (sleeve.length === 'long') {
      elbowFolds(brush, { shape, cloth, outward }, arm, random);
    } else {
      for (const [t, k] of [
        [0.55, 0.9],
        [0.75, 0.7],
      ])
        across(brush, { shape, cloth, outward }, t, { width: 7 * k, strength: 0.55 });
    }
  });
  // shoulder and sleeve are one surface: paint out the edge between them, then set the seam
  ontoPainted(brush, () => paintShoulder(brush, arm, cloth, outward));
  paintCuff(brush, sleeve, { shape, cloth, outward }, box);
}

function paintShoulder(brush: Brush, arm: Arm, cloth: Cloth, outward: number): void {
  const [sx, sy] = arm.shoulder;
  const radius = arm.radii[0];
  glow(brush, [sx - outward * radius * 0.72, sy - radius * 0.25], [radius * 1.05, radius * 1.15], {
    color: mix(cloth.base, outward < 0 ? cloth.light : cloth.shadow, 0.4),
    opacity: 0.95,
  });
  glow(brush, [sx - outward * radius * 0.2, sy - radius * 0.55], [radius * 1.0, radius * 0.6], {
    color: mix(cloth.base, cloth.light, outward < 0 ? 0.9 : 0.55),
    opacity: 0.75,
  });
  softStroke(
    brush,
    smooth([
      [sx - outward * radius * 0.34, sy - radius * 0.98],
      [sx - outward * radius * 0.62, sy - radius * 0.1],
      [sx - outward * radius * 0.7, sy + radius * 1.0],
    ]),
    { color: cloth.deep, opacity: 0.34, width: 1.6, blur: 0.7 },
  );
  softStroke(
    brush,
    smooth([
      [sx - outward * radius * 0.74, sy + radius * 0.55],
      [sx - outward * radius * 0.84, sy + radius * 1.5],
    ]),
    { color: cloth.deep, opacity: 0.7, width: 5, blur: 3 },
  );
}

/** The end of a sleeve: ribs, a buttoned cuff or a hem. */
function paintCuff(brush: Brush, sleeve: Sleeve, { shape, cloth }: SleeveCloth, box: Box): void {
  const { left, right } = shape;
  const end = left.length - 1;
  if (sleeve.length === 'short') {
    seam(brush, cloth, [left[end - 2], mid(left[end - 2], right[end - 2], 2), right[end - 2]], true);
    return;
  }
  const cuffFrom = end - (sleeve.cuff === 'tailored' ? 3 : 5);
  if (sleeve.cuff === 'ribbed') {
    const band = bandOf(shape, cuffFrom, end, 0.93);
    paintCloth(brush, band, cloth, { box, weave: 'plain', depth: 8 });
    ribs(brush, band, cloth, { from: [left[cuffFrom], right[cuffFrom]], to: [left[end], right[end]], count: 13 });
  } else if (sleeve.cuff === 'buttoned') {
    seam(brush, cloth, [left[cuffFrom], mid(left[cuffFrom], right[cuffFrom], 1.5), right[cuffFrom]]);
    seam(brush, cloth, [left[end - 1], mid(left[end - 1], right[end - 1], 1), right[end - 1]], false);
  } else {
    seam(brush, cloth, [left[end - 1], mid(left[end - 1], right[end - 1], 1), right[end - 1]], false);
  }
}

/** The shirt's cuff that shows below a jacket's sleeve. */
function paintCuffShirt(brush: Brush, arm: Arm, inner: Cloth): void {
  const [dx, dy] = arm.handDirection;
  const [x, y] = arm.wrist;
  const shape = tube(
    [
      [x - dx * 6, y - dy * 6],
      [x + dx * 9, y + dy * 9],
    ],
    [arm.radii[4] + 4, arm.radii[4] + 3.5],
    { cap: 0.15 },
  );
  paintCloth(brush, shape.path, inner, {
    box: { x: x - 40, y: y - 40, width: 80, height: 80 },
    weave: 'plain',
    depth: 7,
  });
}

function bandOf(shape: Tube, from: number, to: number, share: number): Path2D {
  const centre = shape.centre;
  const half = (index: number): number =>
    Math.hypot(shape.left[index][0] - centre[index][0], shape.left[index][1] - centre[index][1]);
  return tube(
    [centre[from], centre[Math.floor((from + to) / 2)], centre[to]],
    [half(from), half(to) * 1.05, half(to) * share],
    { cap: 0.1 },
  ).path;
}

/** Cloth gathers on the inner side of a bent elbow and fans out from there, up and down the arm. */
function elbowFolds(brush: Brush, on: SleeveCloth, arm: Arm, random: Draws): void {
  const bent = Math.abs(
    (arm.wrist[0] - arm.elbow[0]) * (arm.elbow[1] - arm.shoulder[1]) -
      (arm.wrist[1] - arm.elbow[1]) * (arm.elbow[0] - arm.shoulder[0]),
  );
  const strength = Math.min(1, 0.55 + bent / 40000);
  for (const [t, width] of [
    [0.24, 7],
    [0.36, 8],
    [0.44, 9],
    [0.5, 9],
    [0.56, 9],
    [0.63, 8],
    [0.74, 7],
    [0.86, 6],
    [0.93, 5],
  ]) {
    const at = t + random.around(0.012);
    const outward = random.next() < 0.6 ? on.outward : -on.outward;
    across(brush, { ...on, outward }, at, { width, strength: strength * random.between(0.7, 1) });
  }
}

/** A fold that starts at one edge and dies out before the other. */
function across(
  brush: Brush,
  { shape, cloth, outward }: SleeveCloth,
  t: number,
  paint: { readonly width: number; readonly strength: number },
): void {
  const end = shape.left.length - 1;
  const index = Math.min(end, Math.max(0, Math.round(t * end)));
  const further = Math.min(end, index + 2);
  const [from, to] = outward > 0 ? [shape.right, shape.left] : [shape.left, shape.right];
  const a = from[index];
  const b = mid(from[further], to[further], 0);
  const c: Point = [to[further][0] * 0.7 + from[further][0] * 0.3, to[further][1] * 0.7 + from[further][1] * 0.3];
  fold(brush, cloth, [a, b, c], paint);
}

function mid(a: Point, b: Point, sag: number): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + sag];
}
