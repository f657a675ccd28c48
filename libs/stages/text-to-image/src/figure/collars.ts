import { Path2D } from '@napi-rs/canvas';
import type { Anatomy } from './anatomy.ts';
import { fill, line, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, mix } from './color.ts';
import { appendSmooth, openPolygon, smooth, tapered } from './curves.ts';
import { paintCloth, ribs, seam } from './fabric.ts';
import { SHADOWS, type Cloth } from './palette.ts';
import { neckLine, type WornTop } from './torso.ts';
/** A band that follows the neckline, ribbed. */
export function neckBand(
  brush: Brush,
  { anatomy, cut, clothes: { main: cloth } }: WornTop,
  { width, count }: { readonly width: number; readonly count: number },
): void {
  const inside = neckLine(anatomy, cut);
  const { axis, pitY } = anatomy;
  const outside = inside.map(([x, y], index): Point => {
    const t = Math.abs(index / (inside.length - 1) - 0.5) * 2;
    return [x + Math.sign(x - axis) * width * 0.8 * Math.min(1, t * 1.5), y + width * (1 - 0.75 * t)];
  });
  const path = smooth(inside);
  appendSmooth(path, [...outside].reverse(), false, true);
  path.closePath();
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.3, blur: 3.5, dy: 3 }));
  paintCloth(brush, path, cloth, {
    box: { x: axis - 90, y: pitY - 40, width: 180, height: 110 },
    weave: 'plain',
    depth: 7,
  });
  ribs(brush, path, cloth, { from: inside, to: outside, count });
  line(brush, smooth(inside), { color: cloth.deep, opacity: 0.55, width: 1.4 });
}

/** A neckline without a band. */
export function neckEdge(brush: Brush, { anatomy, cut, clothes: { main: cloth } }: WornTop): void {
  const inside = neckLine(anatomy, cut);
  softStroke(brush, smooth(inside), { color: cloth.deep, opacity: 0.6, width: 2.2, blur: 0.8 });
  seam(
    brush,
    cloth,
    inside.map(([x, y]): Point => [x, y + 5]),
    false,
  );
}

/** The two leaves of a shirt's collar, `spread` 1 = closed to the button. */
export function collar(
  brush: Brush,
  anatomy: Anatomy,
  cloth: Cloth,
  { drop, spread }: { readonly drop: number; readonly spread: number },
): void {
  const { axis, neckHalf: n, pitY } = anatomy;
  for (const side of [-1, 1]) {
    const x = (value: number): number => axis + side * value;
    const leaf: Point[] = [
      [x(n * 1.02), pitY - 42],
      [x(n * 1.34), pitY - 20],
      [x(n * 1.42), pitY + 4],
      [x(n * 0.94), pitY + 34 + drop * 0.16],
      [x(2 * spread), pitY + drop],
      [x(n * 0.56), pitY - 8],
    ];
    const path = new Path2D();
    leaf.forEach(([px, py], index) =>
      index === 0
        ? path.moveTo(px, py)
        : index === 1
          ? path.quadraticCurveTo(x(n * 1.25), pitY - 36, px, py)
          : index === 5
            ? path.quadraticCurveTo(x(n * 0.26), pitY + drop * 0.4, px, py)
            : path.lineTo(px, py),
    );
    path.closePath();
    ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.5, blur: 4.5, dx: 2, dy: 5 }));
    paintCloth(brush, path, cloth, {
      box: { x: axis - n * 2, y: pitY - 50, width: n * 4, height: 120 },
      weave: 'plain',
      depth: 9,
    });
    within(brush, path, () => {
      softStroke(brush, path, { color: cloth.light, opacity: 0.5, width: 3, blur: 1.2, dy: 1 });
      seam(brush, cloth, [
        [x(n * 1.37), pitY + 2],
        [x(n * 0.92), pitY + 29 + drop * 0.16],
        [x(6), pitY + drop - 5],
      ]);
    });
    line(brush, path, { color: cloth.deep, opacity: 0.42, width: 1.1 });
  }
}

/** The strip that the buttons of a shirt sit on, between two heights of the page. */
export function placket(
  brush: Brush,
  { axis }: Anatomy,
  cloth: Cloth,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): void {
  softFill(
    brush,
    tapered(
      [
        [axis + 13, top],
        [axis + 14, (top + bottom) / 2],
        [axis + 13, bottom],
      ],
      9,
      { start: 0.6, end: 0.6 },
    ),
    { color: cloth.shadow, opacity: 0.7, blur: 2.4 },
  );
  seam(brush, cloth, [
    [axis + 11, top - 4],
    [axis + 11.5, (top + bottom) / 2],
    [axis + 11, bottom],
  ]);
  seam(brush, cloth, [
    [axis - 11, top - 4],
    [axis - 10.5, (top + bottom) / 2],
    [axis - 11, bottom],
  ]);
  for (let y = top + 20; y < bottom - 14; y += 52) {
    const button = new Path2D();
    button.arc(axis, y, 4, 0, Math.PI * 2);
    softFill(brush, button, { color: cloth.deep, opacity: 0.7, blur: 1.5, dx: 1, dy: 1.5 });
    fill(brush, button, css(mix(hex('#f2eee6'), cloth.light, 0.25)));
    line(brush, button, { color: cloth.deep, opacity: 0.5, width: 0.8 });
    for (const dx of [-1.1, 1.1]) fill(brush, dot(axis + dx, y, 0.7), css(cloth.deep, 0.9));
  }
}

/** The breast pocket of a shirt. */
export function pocket(brush: Brush, anatomy: Anatomy, cloth: Cloth): void {
  const x = anatomy.axis + anatomy.chestHalf * 0.28;
  const y = anatomy.chestY - 14;
  const outline: Point[] = [
    [x, y],
    [x + 50, y - 2],
    [x + 50, y + 46],
    [x + 26, y + 57],
    [x + 1, y + 48],
    [x, y],
  ];
  const path = openPolygon(outline);
  softStroke(brush, path, { color: cloth.shadow, opacity: 0.7, width: 4, blur: 1.8, dx: 1, dy: 2 });
  line(brush, path, { color: cloth.deep, opacity: 0.45, width: 1.2 });
  seam(brush, cloth, [
    [x + 1, y + 8],
    [x + 49, y + 6],
  ]);
}

/** A band round the waist, over skirt and top. */
export function ribbonAtWaist(brush: Brush, anatomy: Anatomy, cloth: Cloth): void {
  const { axis, waistHalf: w, waistY: y } = anatomy;
  const right: Point[] = [
    [axis + w + 4, y - 9],
    [axis + w + 6, y + 14],
  ];
  const path = smooth([[2 * axis - right[0][0], y - 9], [axis, y - 3], right[0]]);
  appendSmooth(path, [right[1], [axis, y + 20], [2 * axis - right[1][0], y + 14]], false, true);
  path.closePath();
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.4, blur: 4, dy: 5 }));
  paintCloth(
    brush,
    path,
    { ...cloth, base: mix(cloth.base, cloth.deep, 0.22) },
    { box: { x: axis - w - 10, y: y - 12, width: 2 * w + 20, height: 36 }, weave: 'plain', depth: 10 },
  );
}

/** A small disc. */
export function dot(x: number, y: number, radius: number): Path2D {
  const path = new Path2D();
  path.arc(x, y, radius, 0, Math.PI * 2);
  return path;
}
