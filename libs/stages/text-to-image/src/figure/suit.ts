import type { Path2D } from '@napi-rs/canvas';
import type { Anatomy } from './anatomy.ts';
import { fill, glow, line, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { collar, dot, placket } from './collars.ts';
import { css, hex, mix } from './color.ts';
import { mirrored, polygon, smooth } from './curves.ts';
import { paintCloth, seam } from './fabric.ts';
import { clothOf, SHADOWS, type Cloth } from './palette.ts';
import { neckLine, torsoSide, type Cut, type WornTop } from './torso.ts';
/** Shirt and tie (or an open neck) that show between a jacket's lapels. */
export function paintShirtFront(brush: Brush, { anatomy, woman, clothes: { inner, main } }: WornTop): void {
  const { axis, neckHalf: n, pitY } = anatomy;
  const cut: Cut = {
    ease: 0,
    neckHalf: n * 1.12,
    neckDrop: woman ? 44 : 14,
    neckShape: 'v',
    hemY: 690,
    flare: 0,
    fitted: 0.6,
  };
  const side = torsoSide(anatomy, cut).slice(0, 2);
  const path = polygon([
    ...neckLine(anatomy, cut),
    ...mirrored(side, axis),
    [axis - n * 2, 690] as Point,
    [axis + n * 2, 690] as Point,
    ...[...side].reverse(),
  ]);
  paintCloth(brush, path, inner, {
    box: { x: axis - 140, y: pitY - 40, width: 280, height: 380 },
    weave: 'plain',
    depth: 18,
  });
  if (woman) {
    placket(brush, anatomy, inner, { top: pitY + 44, bottom: 690 });
    collar(brush, anatomy, inner, { drop: 44, spread: 1 });
    return;
  }
  collar(brush, anatomy, inner, { drop: 16, spread: 1 });
  paintTie(brush, anatomy, main);
}

function paintTie(brush: Brush, { axis, pitY }: Anatomy, jacket: Cloth): void {
  const tie = clothOf(mix(jacket.base, hex('#8e2f3c'), 0.72));
  const blade = polygon([
    [axis - 9, pitY + 20],
    [axis + 9, pitY + 20],
    [axis + 19, pitY + 150],
    [axis + 20, pitY + 190],
    [axis - 20, pitY + 190],
    [axis - 19, pitY + 150],
  ]);
  softFill(brush, blade, { color: SHADOWS.tie, opacity: 0.4, blur: 4, dx: 3, dy: 3 });
  paintCloth(brush, blade, tie, { box: { x: axis - 24, y: pitY, width: 48, height: 200 }, weave: 'denim', depth: 9 });
  const knot = polygon([
    [axis - 14, pitY - 5],
    [axis + 14, pitY - 5],
    [axis + 9, pitY + 24],
    [axis - 9, pitY + 24],
  ]);
  softFill(brush, knot, { color: SHADOWS.tie, opacity: 0.5, blur: 2.5, dx: 1, dy: 2 });
  paintCloth(brush, knot, tie, {
    box: { x: axis - 18, y: pitY - 10, width: 36, height: 40 },
    weave: 'denim',
    depth: 7,
  });
}

/** A jacket's lapels, pockets, closing edge and buttons. */
export function jacketFront(brush: Brush, top: WornTop, jacket: Path2D): void {
  const { axis } = top.anatomy;
  const { main: cloth } = top.clothes;
  const { cut } = top;
  const deep = top.anatomy.pitY + cut.neckDrop;
  for (const side of [1, -1] as const) {
    paintLapel(brush, top, side);
    jacketPocket(brush, top, side);
  }
  within(brush, jacket, () => {
    softStroke(
      brush,
      smooth([
        [axis + 4, deep],
        [axis + 6, deep + 90],
        [axis + 22, cut.hemY + 8],
      ]),
      { color: cloth.deep, opacity: 0.8, width: 3, blur: 1.6, dx: 2, dy: 0 },
    );
    line(
      brush,
      smooth([
        [axis + 3, deep],
        [axis + 5, deep + 90],
        [axis + 20, cut.hemY + 8],
      ]),
      { color: cloth.deep, opacity: 0.7, width: 1.4 },
    );
    glow(brush, [axis + 22, cut.hemY - 40], [22, 70], { color: cloth.shadow, opacity: 0.6, turn: -0.15 });
  });
  for (const dy of [14, 66]) {
    fill(brush, dot(axis + 0.5, deep + dy + 1.6, 5.6), css(cloth.deep, 0.7));
    fill(brush, dot(axis, deep + dy, 5.2), css(mix(cloth.deep, hex('#2a2320'), 0.5)));
    glow(brush, [axis - 1.6, deep + dy - 1.6], [2.4, 2], { color: hex('#ffffff'), opacity: 0.4 });
  }
}

function paintLapel(brush: Brush, { anatomy, cut, clothes: { main: cloth } }: WornTop, side: 1 | -1): void {
  const { axis, neckHalf: n, pitY } = anatomy;
  const deep = pitY + cut.neckDrop;
  const x = (value: number): number => axis + side * value;
  const path = polygon([
    [x(n * 1.06), pitY - 36],
    [x(n * 1.5), pitY - 16],
    [x(n * 2.05), pitY + 34],
    [x(n * 1.62), pitY + 46],
    [x(n * 1.86), pitY + 66],
    [x(n * 1.2), pitY + cut.neckDrop * 0.66],
    [x(-2), deep + 4],
    [x(n * 0.5), pitY - 10 + cut.neckDrop * 0.45],
  ]);
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.tailoring, opacity: 0.55, blur: 5, dx: 2, dy: 5 }));
  paintCloth(
    brush,
    path,
    { ...cloth, base: mix(cloth.base, cloth.light, 0.18) },
    {
      box: { x: axis - n * 2.4, y: pitY - 40, width: n * 4.8, height: cut.neckDrop + 60 },
      weave: 'plain',
      depth: 10,
    },
  );
  line(brush, path, { color: cloth.deep, opacity: 0.5, width: 1.2 });
  line(
    brush,
    smooth([
      [x(n * 2.05), pitY + 34],
      [x(n * 1.34), pitY + 26],
    ]),
    { color: cloth.deep, opacity: 0.6, width: 1.4 },
  );
}

function jacketPocket(brush: Brush, { anatomy, clothes: { main: cloth } }: WornTop, side: 1 | -1): void {
  const { axis, waistHalf, hipY } = anatomy;
  const x = (value: number): number => axis + side * value;
  seam(
    brush,
    cloth,
    [
      [x(waistHalf * 0.36), hipY - 26],
      [x(waistHalf * 0.66), hipY - 24],
      [x(waistHalf * 0.98), hipY - 20],
    ],
    false,
  );
  softStroke(
    brush,
    smooth([
      [x(waistHalf * 0.36), hipY - 16],
      [x(waistHalf * 0.98), hipY - 10],
    ]),
    { color: cloth.shadow, opacity: 0.8, width: 4, blur: 2 },
  );
}
