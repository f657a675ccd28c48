import { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import type { Anatomy } from './anatomy.ts';
import { glow, ontoPainted, softFill, within, type Brush, type Point } from './brush.ts';
import { appendSmooth, mirrored, smooth } from './curves.ts';
import { creases, fold, paintCloth, type Box, type Weave } from './fabric.ts';
import { SHADOWS, type Clothes } from './palette.ts';

/** How a top is cut. All in design units. */
export interface Cut {
  /** room between body and cloth */
  readonly ease: number;
  /** half width at the neck's sides and how far the front opening falls below the pit of the neck */
  readonly neckHalf: number;
  readonly neckDrop: number;
  readonly neckShape: 'round' | 'v';
  readonly hemY: number;
  /** extra half width at the hem */
  readonly flare: number;
  /** how much the waist is drawn in: 1 follows the body, 0 hangs from the chest */
  readonly fitted: number;
}

/** y of the line from neck to shoulder at a distance x from the axis: what collars and straps lie on. */
export function trapezius(anatomy: Anatomy, x: number): number {
  const { neckHalf, shoulderHalf, shoulderY, pitY } = anatomy;
  const share = Math.max(0, (x - neckHalf) / (shoulderHalf - 18 - neckHalf));
  return pitY - 31 + (shoulderY - 10 - (pitY - 31)) * share ** 0.85;
}

/** The right half's outline from neck to hem; the left is its mirror image. */
export function torsoSide(anatomy: Anatomy, cut: Cut): Point[] {
  const { axis, shoulderY, shoulderHalf, chestHalf, chestY, waistHalf, waistY, hipHalf, hipY } = anatomy;
  const hang = Math.max(chestHalf - 6, waistHalf);
  const waist = hang + (waistHalf - hang) * cut.fitted + cut.ease;
  const points: Point[] = [
    [axis + cut.neckHalf, trapezius(anatomy, cut.neckHalf)],
    [axis + (cut.neckHalf + shoulderHalf) * 0.5, trapezius(anatomy, (cut.neckHalf + shoulderHalf) * 0.5) - 1],
    [axis + shoulderHalf - 18, trapezius(anatomy, shoulderHalf - 18)],
    [axis + shoulderHalf - 5, shoulderY + 18],
    [axis + Math.max(chestHalf + 9, shoulderHalf - 22) + cut.ease * 0.5, chestY - 28],
    [axis + chestHalf + cut.ease, chestY + 22],
    [axis + waist, waistY],
  ];
  if (cut.hemY > hipY + 10) points.push([axis + Math.max(hipHalf, waist - axis * 0) + cut.ease * 0.8, hipY]);
  const hemAt = Math.min(1, Math.max(0, (cut.hemY - waistY) / (hipY - waistY)));
  const hemHalf =
    cut.hemY > hipY + 10 ? hipHalf + cut.ease + cut.flare : waist + (hipHalf + cut.ease - waist) * hemAt + cut.flare;
  points.push([axis + hemHalf, cut.hemY]);
  return points;
}

/** Points of the front neckline from the person's left to the right. */
export function neckLine(anatomy: Anatomy, cut: Cut): Point[] {
  const { axis, pitY } = anatomy;
  const right: Point[] =
    cut.neckShape === 'round'
      ? [
          [axis + cut.neckHalf, trapezius(anatomy, cut.neckHalf)],
          [axis + cut.neckHalf * 0.88, pitY - 6 + cut.neckDrop * 0.35],
          [axis + cut.neckHalf * 0.5, pitY + cut.neckDrop * 0.86],
        ]
      : [
          [axis + cut.neckHalf, trapezius(anatomy, cut.neckHalf)],
          [axis + cut.neckHalf * 0.5, pitY - 10 + cut.neckDrop * 0.45],
        ];
  return [...right, [axis, pitY + cut.neckDrop], ...mirrored(right, axis).reverse()];
}

export function torsoPath(anatomy: Anatomy, cut: Cut): Path2D {
  const side = torsoSide(anatomy, cut);
  const left = mirrored(side, anatomy.axis).reverse();
  const hem: Point[] = [side[side.length - 1], [anatomy.axis, cut.hemY + 7], left[0]];
  const path = new Path2D();
  appendSmooth(path, side);
  appendSmooth(path, hem, false, true);
  appendSmooth(path, left, false, true);
  const neck = [...neckLine(anatomy, cut)].reverse();
  if (cut.neckShape === 'round') appendSmooth(path, neck, false, true);
  else for (const [x, y] of neck) path.lineTo(x, y);
  path.closePath();
  return path;
}

export function torsoBox(anatomy: Anatomy, cut: Cut): Box {
  const half = Math.max(anatomy.shoulderHalf, anatomy.hipHalf) + cut.ease + Math.max(0, cut.flare) + 4;
  return { x: anatomy.axis - half, y: anatomy.pitY - 30, width: 2 * half, height: cut.hemY - anatomy.pitY + 44 };
}

/** A top as it is worn: what its details are painted on. */
export interface WornTop {
  readonly anatomy: Anatomy;
  readonly clothes: Clothes;
  readonly cut: Cut;
  readonly woman: boolean;
}

/** The body of a top with its chest, its folds from armpits and waist, and its shadow on what it hangs over. */
export function paintTorso(brush: Brush, top: WornTop, weave: Weave, random: Draws): Path2D {
  const { anatomy, cut } = top;
  const cloth = top.clothes.main;
  const path = torsoPath(anatomy, cut);
  const { axis, chestHalf, shoulderY, waistHalf, waistY } = anatomy;
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.42, blur: 7, dx: 2, dy: 8 }));
  paintCloth(brush, path, cloth, { box: torsoBox(anatomy, cut), weave, depth: 30 });
  within(brush, path, () => {
    modelChest(brush, top);
    glow(brush, [axis - chestHalf * 0.62, shoulderY - 4], [54, 22], { color: cloth.light, opacity: 0.5, turn: -0.2 });
    for (const side of [-1, 1] as const) torsoFolds(brush, top, side, random);
    glow(brush, [axis - waistHalf * 0.4, waistY + 50], [46, 40], { color: cloth.light, opacity: 0.24 });
  });
  creases(brush, path, cloth, {
    box: { x: axis - waistHalf, y: waistY - 80, width: waistHalf * 1.7, height: Math.max(40, cut.hemY - waistY + 60) },
    count: 7,
    random,
    slope: 0.35,
  });
  return path;
}

/** Light on the chest and the shade under it. */
function modelChest(brush: Brush, { anatomy, woman, clothes: { main: cloth } }: WornTop): void {
  const { axis, chestHalf, chestY } = anatomy;
  if (woman) {
    for (const side of [-1, 1]) {
      glow(brush, [axis + side * chestHalf * 0.47 - 8, chestY + 6], [42, 38], {
        color: cloth.light,
        opacity: side < 0 ? 0.55 : 0.36,
      });
      glow(brush, [axis + side * chestHalf * 0.5 + 8, chestY + 54], [50, 22], {
        color: cloth.shadow,
        opacity: 0.72,
        turn: side * -0.18,
      });
    }
    glow(brush, [axis + 2, chestY + 26], [16, 40], { color: cloth.shadow, opacity: 0.5 });
  } else {
    for (const side of [-1, 1]) {
      glow(brush, [axis + side * chestHalf * 0.46 - 8, chestY - 6], [54, 34], {
        color: cloth.light,
        opacity: side < 0 ? 0.42 : 0.26,
      });
      glow(brush, [axis + side * chestHalf * 0.48 + 4, chestY + 42], [58, 16], {
        color: cloth.shadow,
        opacity: 0.55,
        turn: side * -0.1,
      });
    }
  }
}

/** What the cloth does where it is pulled, on one side. */
function torsoFolds(brush: Brush, { anatomy, cut, clothes }: WornTop, side: 1 | -1, random: Draws): void {
  const { axis, chestY, chestHalf, waistHalf, waistY, hipY } = anatomy;
  const pull = (points: readonly Point[], paint: { readonly width: number; readonly strength?: number }): void =>
    fold(
      brush,
      clothes.main,
      points.map(([x, y]): Point => [axis + side * x, y]),
      paint,
    );
  pull(
    [
      [chestHalf + 2, chestY - 26],
      [chestHalf * 0.86, chestY - 6],
      [chestHalf * 0.66, chestY + 4],
    ],
    { width: 8 },
  );
  pull(
    [
      [chestHalf + 2, chestY - 12],
      [chestHalf * 0.9, chestY + 20],
      [chestHalf * 0.74, chestY + 40],
    ],
    { width: 7, strength: 0.8 },
  );
  pull(
    [
      [chestHalf * 0.95, chestY + 34],
      [waistHalf * 0.86, waistY - 36],
      [waistHalf * 0.52, waistY - 22],
    ],
    { width: 8, strength: 0.75 },
  );
  pull(
    [
      [waistHalf + 2, waistY - 6],
      [waistHalf * 0.72, waistY + 6 + random.around(8)],
      [waistHalf * 0.36, waistY + 2],
    ],
    { width: 8, strength: 0.9 },
  );
  pull(
    [
      [waistHalf + 4, waistY + 16],
      [waistHalf * 0.76, waistY + 34],
      [waistHalf * 0.3, waistY + 40 + random.around(10)],
    ],
    { width: 7, strength: 0.75 },
  );
  if (cut.hemY > hipY - 30)
    pull(
      [
        [waistHalf + 6, waistY + 46],
        [waistHalf * 0.82, waistY + 70],
        [waistHalf * 0.44, waistY + 92],
      ],
      { width: 8, strength: 0.6 },
    );
}

/** A band along the hem. */
export function hemBand(anatomy: Anatomy, cut: Cut, height: number): { path: Path2D; top: Point[]; bottom: Point[] } {
  const side = torsoSide(anatomy, cut);
  const [x, y] = side[side.length - 1];
  const [above, aboveY] = side[side.length - 2];
  const topX = x + ((above - x) * height) / (y - aboveY);
  const { axis } = anatomy;
  const bottom: Point[] = [
    [2 * axis - x, y],
    [axis, y + 7],
    [x, y],
  ];
  const top: Point[] = [
    [2 * axis - topX - 1, y - height],
    [axis, y + 7 - height],
    [topX + 1, y - height],
  ];
  const path = smooth(top);
  appendSmooth(path, [...bottom].reverse(), false, true);
  path.closePath();
  return { path, top, bottom };
}
