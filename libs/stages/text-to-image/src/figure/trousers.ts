import type { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import type { Anatomy, Leg } from './anatomy.ts';
import { glow, line, ontoPainted, softFill, within, type Brush, type Point } from './brush.ts';
import { appendSmooth, smooth, tapered, tube } from './curves.ts';
import { fold, paintCloth, ribs, seam, type Weave } from './fabric.ts';
import { SHADOWS, type Cloth } from './palette.ts';
export type TrouserCut = 'straight' | 'slim' | 'jogger' | 'tailored';

/** Half widths of a leg's hem, and the room between leg and cloth, design units. */
const CUTS: Readonly<Record<TrouserCut, { readonly hemHalf: number; readonly ease: number }>> = {
  straight: { hemHalf: 38, ease: 7 },
  slim: { hemHalf: 31, ease: 3 },
  jogger: { hemHalf: 28, ease: 7 },
  tailored: { hemHalf: 37, ease: 7 },
};

/** A pair of trousers. */
export interface Trousers {
  readonly cut: TrouserCut;
  readonly weave: Weave;
  readonly cloth: Cloth;
}

/** One leg of a pair. */
interface TrouserLeg extends Trousers {
  readonly anatomy: Anatomy;
  readonly leg: Leg;
  /** 1 on the right of the page */
  readonly side: 1 | -1;
  readonly hemHalf: number;
}

/** Trousers from waist to ankle. */
export function paintTrousers(brush: Brush, anatomy: Anatomy, trousers: Trousers, random: Draws): void {
  const { cut, weave, cloth } = trousers;
  const { axis, waistY } = anatomy;
  const { hemHalf } = CUTS[cut];
  for (const leg of [anatomy.rightLeg, anatomy.leftLeg]) {
    const one: TrouserLeg = { ...trousers, anatomy, leg, side: leg.hip[0] > axis ? 1 : -1, hemHalf };
    const path = legPath(one);
    ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.tailoring, opacity: 0.45, blur: 6, dx: 2, dy: 5 }));
    paintCloth(brush, path, cloth, {
      box: { x: leg.hip[0] - 120, y: waistY, width: 240, height: 840 },
      weave,
      depth: 26,
    });
    within(brush, path, () => {
      legFolds(brush, one, random);
      glow(brush, [leg.knee[0] - 12, 960], [14, 120], { color: cloth.light, opacity: 0.34 });
      glow(brush, [leg.knee[0] - 9, leg.knee[1] + 8], [20, 20], { color: cloth.light, opacity: 0.3 });
      legSeams(brush, one);
    });
    if (cut === 'jogger') ribbedHem(brush, one);
  }
  ontoPainted(brush, () => flyAndPockets(brush, anatomy, trousers));
}

/** The outline of one leg, half of the waist included. */
function legPath({ anatomy, leg, side, cut, hemHalf }: TrouserLeg): Path2D {
  const { axis, waistHalf, waistY, hipHalf, hipY, crotchY } = anatomy;
  const { ease } = CUTS[cut];
  const x = (value: number): number => axis + side * value;
  const kneeX = Math.abs(leg.knee[0] - axis);
  const ankleX = Math.abs(leg.ankle[0] - axis);
  const bottom = cut === 'jogger' ? 1396 : 1414;
  const outer: Point[] = [
    [x(waistHalf + 2), waistY + 24],
    [x(hipHalf + 2), hipY],
    [x(kneeX + leg.radii[1] + ease + 4), 880],
    [x(kneeX + leg.radii[2] + ease), leg.knee[1]],
    [x(kneeX + leg.radii[3] * 0.92 + ease), leg.knee[1] + 120],
    [x(ankleX + hemHalf), bottom],
  ];
  const inner: Point[] = [
    [x(ankleX - hemHalf), bottom - 2],
    [x(kneeX - leg.radii[3] * 0.9 - ease), leg.knee[1] + 120],
    [x(kneeX - leg.radii[2] - ease * 0.8), leg.knee[1]],
    [x(Math.max(3, kneeX - leg.radii[1] - ease)), 880],
    [x(2), crotchY + 26],
    [x(-4), crotchY - 4],
    [x(-5), (crotchY + waistY) / 2],
    [x(-5), waistY + 20],
  ];
  const path = smooth(outer);
  appendSmooth(path, [outer[outer.length - 1], [x(ankleX), bottom + 4], inner[0]], false, true);
  appendSmooth(path, inner, false, true);
  path.closePath();
  return path;
}

/** Pulls from the crotch, the break above the knee, slack over the shoe. */
function legFolds(brush: Brush, { anatomy, leg, side, cut, cloth, hemHalf }: TrouserLeg, random: Draws): void {
  const { axis, crotchY } = anatomy;
  const [kneeX, kneeY] = leg.knee;
  const ankleX = leg.ankle[0];
  for (const [y, reach, drop] of [
    [crotchY - 8, 62, -18],
    [crotchY + 12, 76, 4],
    [crotchY + 38, 70, 34],
  ]) {
    const pull: Point[] = [
      [axis + side * 4, y],
      [axis + side * reach * 0.55, y + drop * 0.3],
      [axis + side * reach, y + drop],
    ];
    fold(brush, cloth, pull, { width: 9, strength: 0.8 });
  }
  for (const dy of [-26, -4, 22]) {
    const crease: Point[] = [
      [kneeX + side * 40, kneeY + dy],
      [kneeX + side * 10, kneeY + dy + 9 + random.around(4)],
      [kneeX - side * 22, kneeY + dy + 2],
    ];
    fold(brush, cloth, crease, { width: 8, strength: 0.62 });
  }
  for (const dy of cut === 'jogger' ? [-150, -70, -34, -12] : [-130, -74, -40, -16]) {
    const slack: Point[] = [
      [ankleX - side * hemHalf, 1414 + dy],
      [ankleX, 1414 + dy + 13 + random.around(5)],
      [ankleX + side * hemHalf, 1414 + dy - 4],
    ];
    fold(brush, cloth, slack, { width: 8, strength: 0.75 });
  }
}

/** The pleat of tailored trousers, the side seam of others, and the hem. */
function legSeams(brush: Brush, { anatomy, leg, side, cut, weave, cloth, hemHalf }: TrouserLeg): void {
  const { axis, hipHalf, hipY } = anatomy;
  const ankleX = leg.ankle[0];
  if (cut === 'tailored') {
    const pleat: Point[] = [
      [leg.hip[0] + side * 2, 740],
      [leg.knee[0] + 1, leg.knee[1]],
      [ankleX + side * 2, 1428],
    ];
    const beside = pleat.map(([x, y]): Point => [x + 5, y]);
    const shade = tapered(beside, 11, { start: 0.4, end: 0.6 });
    softFill(brush, shade, { color: cloth.shadow, opacity: 0.55, blur: 3 });
    line(brush, smooth(pleat), { color: cloth.light, opacity: 0.6, width: 1.5 });
  } else {
    const outside: Point[] = [
      [axis + side * (hipHalf - 16), hipY + 10],
      [leg.knee[0] + side * (leg.radii[2] + 1), leg.knee[1]],
      [ankleX + side * (hemHalf - 7), 1418],
    ];
    seam(brush, cloth, outside, false);
  }
  if (cut === 'jogger') return;
  const hem: Point[] = [
    [ankleX - hemHalf - 2, 1405],
    [ankleX, 1409],
    [ankleX + hemHalf + 2, 1405],
  ];
  seam(brush, cloth, hem, weave === 'denim');
}

function ribbedHem(brush: Brush, { leg, cloth, hemHalf }: TrouserLeg): void {
  const x = leg.ankle[0];
  const middle: Point[] = [
    [x, 1392],
    [x, 1416],
  ];
  const band = tube(middle, [hemHalf + 1, hemHalf - 4], { cap: 0.1 }).path;
  paintCloth(brush, band, cloth, { box: { x: x - 40, y: 1380, width: 80, height: 50 }, weave: 'plain', depth: 8 });
  ribs(brush, band, cloth, {
    from: [
      [x - hemHalf, 1390],
      [x + hemHalf, 1390],
    ],
    to: [
      [x - hemHalf + 4, 1420],
      [x + hemHalf - 4, 1420],
    ],
    count: 15,
  });
}

/** Shade between the legs, fly, pockets. */
function flyAndPockets(brush: Brush, anatomy: Anatomy, { cloth, weave }: Trousers): void {
  const { axis, waistHalf, waistY, hipHalf, hipY, crotchY } = anatomy;
  const stitches = weave === 'denim';
  glow(brush, [axis, crotchY + 40], [16, 96], { color: cloth.deep, opacity: 0.72 });
  const fly: Point[] = [
    [axis, waistY + 40],
    [axis + 1, crotchY - 20],
    [axis - 1, crotchY + 10],
  ];
  seam(brush, cloth, fly, stitches);
  for (const side of [-1, 1]) {
    const pocket: Point[] = [
      [axis + side * waistHalf * 0.62, waistY + 64],
      [axis + side * hipHalf * 0.78, hipY - 22],
      [axis + side * (hipHalf - 2), hipY + 2],
    ];
    seam(brush, cloth, pocket, stitches);
  }
}
