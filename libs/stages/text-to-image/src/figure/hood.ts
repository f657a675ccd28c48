import type { Anatomy } from './anatomy.ts';
import { fill, line, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { dot } from './collars.ts';
import { css, hex } from './color.ts';
import { polygon, smooth } from './curves.ts';
import { fold, paintCloth, ribs, seam } from './fabric.ts';
import { SHADOWS, type Cloth } from './palette.ts';
import { hemBand, type WornTop } from './torso.ts';
/** A hood that lies behind the neck. */
export function hoodBack(brush: Brush, { axis, neckHalf: n, pitY }: Anatomy, main: Cloth): void {
  const hood = smooth(
    [
      [axis - n * 2.5, pitY + 14],
      [axis - n * 2.3, pitY - 26],
      [axis - n * 1.3, pitY - 52],
      [axis, pitY - 60],
      [axis + n * 1.3, pitY - 52],
      [axis + n * 2.3, pitY - 26],
      [axis + n * 2.5, pitY + 14],
      [axis, pitY + 40],
    ],
    true,
  );
  paintCloth(brush, hood, main, {
    box: { x: axis - n * 3, y: pitY - 70, width: n * 6, height: 120 },
    weave: 'plain',
    depth: 22,
  });
  softFill(
    brush,
    smooth(
      [
        [axis - n * 1.5, pitY],
        [axis - n * 1.1, pitY - 40],
        [axis, pitY - 46],
        [axis + n * 1.1, pitY - 40],
        [axis + n * 1.5, pitY],
        [axis, pitY + 30],
      ],
      true,
    ),
    { color: main.deep, opacity: 0.85, blur: 7 },
  );
}

/** The front of a hoodie: the hood's flaps with their cords, the pouch, the ribbed hem. */
export function hoodFront(brush: Brush, { anatomy, cut, clothes: { main: cloth } }: WornTop): void {
  for (const side of [-1, 1] as const) {
    hoodFlap(brush, anatomy, cloth, side);
    hoodCord(brush, anatomy, cloth, side);
  }
  pouch(brush, anatomy, cloth);
  const band = hemBand(anatomy, cut, 28);
  paintCloth(brush, band.path, cloth, { box: { x: 290, y: 690, width: 444, height: 60 }, weave: 'plain', depth: 9 });
  ribs(brush, band.path, cloth, { from: band.top, to: band.bottom, count: 72 });
}

function hoodFlap(brush: Brush, { axis, neckHalf: n, pitY }: Anatomy, cloth: Cloth, side: 1 | -1): void {
  const x = (value: number): number => axis + side * value;
  const flap = smooth(
    [
      [x(n * 1.0), pitY - 40],
      [x(n * 1.9), pitY - 30],
      [x(n * 2.3), pitY + 2],
      [x(n * 1.5), pitY + 40],
      [x(3), pitY + 62],
      [x(-3), pitY + 40],
      [x(n * 0.62), pitY + 8],
    ],
    true,
  );
  ontoPainted(brush, () => softFill(brush, flap, { color: SHADOWS.cloth, opacity: 0.5, blur: 6, dx: 2, dy: 6 }));
  paintCloth(brush, flap, cloth, {
    box: { x: axis - n * 2.6, y: pitY - 50, width: n * 5.2, height: 130 },
    weave: 'plain',
    depth: 16,
  });
  within(brush, flap, () =>
    fold(
      brush,
      cloth,
      [
        [x(n * 1.9), pitY - 22],
        [x(n * 1.5), pitY + 14],
        [x(n * 0.7), pitY + 42],
      ],
      { width: 9, strength: 0.8 },
    ),
  );
  seam(brush, cloth, [
    [x(n * 0.9), pitY - 30],
    [x(n * 0.66), pitY + 8],
    [x(3), pitY + 46],
  ]);
}

function hoodCord(brush: Brush, { axis, neckHalf: n, pitY }: Anatomy, cloth: Cloth, side: 1 | -1): void {
  const x = (value: number): number => axis + side * value;
  const cord: Point[] = [
    [x(n * 0.5), pitY + 34],
    [x(n * 0.56), pitY + 80],
    [x(n * 0.46 + side), pitY + (side > 0 ? 128 : 142)],
  ];
  softStroke(brush, smooth(cord), { color: cloth.deep, opacity: 0.6, width: 4, blur: 2, dx: 2, dy: 2 });
  line(brush, smooth(cord), { color: hex('#f0ece4'), opacity: 1, width: 3.4 });
  line(brush, smooth(cord.slice(1)), { color: hex('#b9b2ab'), opacity: 0.6, width: 1 });
  fill(brush, dot(cord[0][0], cord[0][1], 3.4), css(hex('#8d8a88')));
}

function pouch(brush: Brush, { axis, waistY, waistHalf }: Anatomy, cloth: Cloth): void {
  const y = waistY + 8;
  const w = waistHalf * 0.74;
  const outline = polygon([
    [axis - w * 0.62, y],
    [axis + w * 0.62, y],
    [axis + w, y + 62],
    [axis + w, y + 92],
    [axis - w, y + 92],
    [axis - w, y + 62],
  ]);
  softFill(brush, outline, { color: cloth.shadow, opacity: 0.35, blur: 4, dx: 1, dy: 4 });
  softStroke(brush, outline, { color: cloth.light, opacity: 0.4, width: 2, blur: 1, dx: -1, dy: -1 });
  for (const side of [-1, 1]) {
    seam(brush, cloth, [
      [axis + side * w * 0.62, y],
      [axis + side * w * 0.84, y + 30],
      [axis + side * w, y + 62],
    ]);
    softStroke(
      brush,
      smooth([
        [axis + side * w * 0.62, y],
        [axis + side * w * 0.84, y + 30],
        [axis + side * w, y + 62],
      ]),
      { color: cloth.deep, opacity: 0.7, width: 4, blur: 1.8, dx: side * 2, dy: 1 },
    );
  }
  seam(brush, cloth, [
    [axis - w * 0.62, y],
    [axis, y + 1],
    [axis + w * 0.62, y],
  ]);
}
