import { Path2D } from '@napi-rs/canvas';
import { namedDraws } from '@soliloquy/random';
import type { Anatomy, Arm } from './anatomy.ts';
import { fill, glow, line, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, mix } from './colour.ts';
import { appendSmooth, mirrored, smooth, tapered } from './curves.ts';
import { fold, paintCloth, ribs, seam, type Weave } from './fabric.ts';
import { paintBareArm, paintHand } from './hands.ts';
import { paintBareLegs, paintShoes, paintSkirt, paintTrousers } from './lower-body.ts';
import { clothOf, wardrobeOf, type Cloth, type Skin } from './palette.ts';
import { paintSleeve, type Sleeve } from './sleeves.ts';
import { hemBand, neckLine, paintTorso, torsoSide, type Cut } from './torso.ts';
import type { Look } from './vocabulary.ts';

interface Outfit {
  readonly cut: Cut;
  readonly sleeve: Sleeve;
  readonly weave: Weave;
}

function outfitOf(anatomy: Anatomy, look: Look): Outfit {
  const woman = look.gender === 'woman';
  const n = anatomy.neckHalf;
  const long: Sleeve = { length: 'long', ease: 5, cuffEase: 4, cuff: 'plain' };
  const base: Cut = {
    ease: 5,
    neckHalf: n * 1.42,
    neckDrop: 14,
    neckShape: 'round',
    hemY: 716,
    flare: 0,
    fitted: woman ? 0.72 : 0.4,
  };
  switch (look.clothing) {
    case 't-shirt':
      return {
        cut: { ...base, neckDrop: 18, hemY: 708 },
        sleeve: { ...long, length: 'short', ease: 6 },
        weave: 'plain',
      };
    case 'shirt':
      return {
        cut: { ...base, neckHalf: n * 1.16, neckDrop: 30, neckShape: 'v', hemY: 722 },
        sleeve: { ...long, cuff: 'buttoned', ease: 6, cuffEase: 6 },
        weave: 'plain',
      };
    case 'sweater':
      return {
        cut: { ...base, neckHalf: n * 1.24, neckDrop: 4, ease: 8, hemY: 716 },
        sleeve: { ...long, ease: 8, cuffEase: 6, cuff: 'ribbed' },
        weave: 'knit',
      };
    case 'hoodie':
      return {
        cut: { ...base, neckHalf: n * 1.3, neckDrop: 16, ease: 13, hemY: 730, fitted: 0.15 },
        sleeve: { ...long, ease: 11, cuffEase: 7, cuff: 'ribbed' },
        weave: 'plain',
      };
    case 'suit':
      return {
        cut: {
          ...base,
          neckHalf: n * 1.2,
          neckDrop: woman ? 150 : 160,
          neckShape: 'v',
          ease: 9,
          hemY: 772,
          flare: 3,
          fitted: woman ? 0.8 : 0.55,
        },
        sleeve: { ...long, ease: 8, cuffEase: 7, cuff: 'tailored' },
        weave: 'plain',
      };
    case 'dress':
      return {
        cut: { ...base, neckHalf: n * 1.75, neckDrop: 44, ease: 2, hemY: anatomy.waistY + 8, fitted: 1 },
        sleeve: { ...long, length: 'short', ease: 3 },
        weave: 'satin',
      };
    case 'blouse and skirt':
      return {
        cut: {
          ...base,
          neckHalf: n * 1.2,
          neckDrop: 52,
          neckShape: 'v',
          ease: 5,
          hemY: anatomy.waistY + 10,
          fitted: 0.86,
        },
        sleeve: { ...long, ease: 9, cuffEase: 6, cuff: 'buttoned' },
        weave: 'satin',
      };
  }
}

/** What hangs behind the neck: the hood, the collar's stand. */
export function paintClothesBack(brush: Brush, anatomy: Anatomy, look: Look): void {
  const { axis, neckHalf: n, pitY } = anatomy;
  const { main, inner } = wardrobeOf(look);
  if (look.clothing === 'hoodie') {
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
    paintCloth(brush, hood, main, { x: axis - n * 3, y: pitY - 70, width: n * 6, height: 120 }, 'plain', 22);
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
      main.deep,
      0.85,
      7,
    );
  } else if (look.clothing === 'shirt' || look.clothing === 'suit' || look.clothing === 'blouse and skirt') {
    const cloth = look.clothing === 'suit' ? inner : main;
    const stand = smooth(
      [
        [axis - n * 1.16, pitY + 4],
        [axis - n * 1.08, pitY - 34],
        [axis, pitY - 40],
        [axis + n * 1.08, pitY - 34],
        [axis + n * 1.16, pitY + 4],
        [axis, pitY + 16],
      ],
      true,
    );
    fill(brush, stand, css(mix(cloth.shadow, cloth.deep, 0.3)));
  } else if (look.clothing !== 'dress') {
    const back = smooth(
      [
        [axis - n * 1.5, pitY - 8],
        [axis - n, pitY - 26],
        [axis, pitY - 29],
        [axis + n, pitY - 26],
        [axis + n * 1.5, pitY - 8],
        [axis, pitY + 8],
      ],
      true,
    );
    fill(brush, back, css(mix(main.shadow, main.deep, 0.35)));
  }
}

/** Legs, shoes, what is worn below and above; arms and hands come after hair. */
export function paintClothes(brush: Brush, anatomy: Anatomy, look: Look, skin: Skin, seed: number): void {
  const random = namedDraws(seed, 'clothes');
  const woman = look.gender === 'woman';
  const { main, below, inner } = wardrobeOf(look);
  const { cut, weave } = outfitOf(anatomy, look);
  const skirted = look.clothing === 'dress' || look.clothing === 'blouse and skirt';
  if (skirted) {
    paintBareLegs(brush, anatomy, skin);
    paintShoes(brush, anatomy, 'flat', look.clothing === 'dress' ? main : below);
  } else {
    paintShoes(brush, anatomy, look.clothing === 'suit' || look.clothing === 'shirt' ? 'oxford' : 'sneaker', main);
    paintTrousers(
      brush,
      anatomy,
      look.clothing === 'suit' ? main : below,
      look.clothing === 'suit' ? 'tailored' : look.clothing === 'hoodie' ? 'jogger' : woman ? 'slim' : 'straight',
      look.clothing === 't-shirt' || look.clothing === 'sweater' ? 'denim' : 'plain',
      random,
    );
  }
  if (look.clothing === 'suit') paintShirtFront(brush, anatomy, inner, woman, main);
  if (look.clothing === 'dress') {
    paintTorso(brush, anatomy, cut, main, weave, woman, random);
    paintSkirt(brush, anatomy, main, weave, 1030, 52, random);
    ribbonAtWaist(brush, anatomy, main);
    edge(brush, anatomy, cut, main);
    return;
  }
  if (look.clothing === 'blouse and skirt') {
    paintTorso(brush, anatomy, cut, main, weave, woman, random);
    paintSkirt(brush, anatomy, below, 'plain', 1010, 10, random);
    ribbonAtWaist(brush, anatomy, below);
    placket(brush, anatomy, main, anatomy.pitY + cut.neckDrop, anatomy.waistY);
    collar(brush, anatomy, main, cut.neckDrop, 0.95);
    return;
  }
  const path = paintTorso(brush, anatomy, cut, main, weave, woman, random);
  switch (look.clothing) {
    case 't-shirt':
      neckBand(brush, anatomy, cut, main, 9, 40);
      seam(brush, main, hemBand(anatomy, cut, 9).top, true);
      break;
    case 'shirt':
      placket(brush, anatomy, main, anatomy.pitY + cut.neckDrop - 4, cut.hemY + 7);
      pocket(brush, anatomy, main);
      collar(brush, anatomy, main, cut.neckDrop, 1);
      break;
    case 'sweater': {
      neckBand(brush, anatomy, cut, main, 17, 46);
      const band = hemBand(anatomy, cut, 26);
      paintCloth(brush, band.path, main, { x: 300, y: 680, width: 424, height: 60 }, 'plain', 9);
      ribs(brush, band.path, main, band.top, band.bottom, 70);
      break;
    }
    case 'hoodie':
      hoodFront(brush, anatomy, main, cut);
      break;
    case 'suit':
      lapels(brush, anatomy, main, cut, path);
      break;
  }
}

/** Arms with sleeves and skin; hands lie over them and cuffs over the hands' roots. */
export function paintArm(brush: Brush, anatomy: Anatomy, arm: Arm, look: Look, skin: Skin, seed: number): void {
  const random = namedDraws(seed, `sleeve ${arm.pose}`);
  const { main, inner } = wardrobeOf(look);
  const { sleeve, weave } = outfitOf(anatomy, look);
  const bare = sleeve.length === 'short';
  if (bare) paintBareArm(brush, arm, skin);
  paintHand(brush, arm, look, skin, bare);
  paintSleeve(brush, arm, sleeve, main, inner, weave, random);
}

/** A band that follows the neckline, ribbed. */
function neckBand(brush: Brush, anatomy: Anatomy, cut: Cut, cloth: Cloth, width: number, count: number): void {
  const inside = neckLine(anatomy, cut);
  const { axis, pitY } = anatomy;
  const outside = inside.map(([x, y], index): Point => {
    const t = Math.abs(index / (inside.length - 1) - 0.5) * 2;
    return [x + Math.sign(x - axis) * width * 0.8 * Math.min(1, t * 1.5), y + width * (1 - 0.75 * t)];
  });
  const path = smooth(inside);
  appendSmooth(path, [...outside].reverse(), false, true);
  path.closePath();
  ontoPainted(brush, () => softFill(brush, path, { r: 18, g: 12, b: 24 }, 0.3, 3.5, 0, 3));
  paintCloth(brush, path, cloth, { x: axis - 90, y: pitY - 40, width: 180, height: 110 }, 'plain', 7);
  ribs(brush, path, cloth, inside, outside, count);
  line(brush, smooth(inside), cloth.deep, 0.55, 1.4);
}

function edge(brush: Brush, anatomy: Anatomy, cut: Cut, cloth: Cloth): void {
  const inside = neckLine(anatomy, cut);
  softStroke(brush, smooth(inside), cloth.deep, 0.6, 2.2, 0.8);
  seam(
    brush,
    cloth,
    inside.map(([x, y]): Point => [x, y + 5]),
    false,
  );
}

/** The two leaves of a shirt's collar, `spread` 1 = closed to the button. */
function collar(brush: Brush, anatomy: Anatomy, cloth: Cloth, drop: number, spread: number): void {
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
    ontoPainted(brush, () => softFill(brush, path, { r: 18, g: 12, b: 24 }, 0.5, 4.5, 2, 5));
    paintCloth(brush, path, cloth, { x: axis - n * 2, y: pitY - 50, width: n * 4, height: 120 }, 'plain', 9);
    within(brush, path, () => {
      softStroke(brush, path, cloth.light, 0.5, 3, 1.2, 0, 1);
      seam(brush, cloth, [
        [x(n * 1.37), pitY + 2],
        [x(n * 0.92), pitY + 29 + drop * 0.16],
        [x(6), pitY + drop - 5],
      ]);
    });
    line(brush, path, cloth.deep, 0.42, 1.1);
  }
}

function placket(brush: Brush, anatomy: Anatomy, cloth: Cloth, top: number, bottom: number): void {
  const { axis } = anatomy;
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
    cloth.shadow,
    0.7,
    2.4,
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
    softFill(brush, button, cloth.deep, 0.7, 1.5, 1, 1.5);
    fill(brush, button, css(mix(hex('#f2eee6'), cloth.light, 0.25)));
    line(brush, button, cloth.deep, 0.5, 0.8);
    for (const dx of [-1.1, 1.1]) fill(brush, dot(axis + dx, y, 0.7), css(cloth.deep, 0.9));
  }
}

function dot(x: number, y: number, radius: number): Path2D {
  const path = new Path2D();
  path.arc(x, y, radius, 0, Math.PI * 2);
  return path;
}

function pocket(brush: Brush, anatomy: Anatomy, cloth: Cloth): void {
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
  const path = new Path2D();
  outline.forEach(([px, py], index) => (index === 0 ? path.moveTo(px, py) : path.lineTo(px, py)));
  softStroke(brush, path, cloth.shadow, 0.7, 4, 1.8, 1, 2);
  line(brush, path, cloth.deep, 0.45, 1.2);
  seam(brush, cloth, [
    [x + 1, y + 8],
    [x + 49, y + 6],
  ]);
}

function ribbonAtWaist(brush: Brush, anatomy: Anatomy, cloth: Cloth): void {
  const { axis, waistHalf: w, waistY: y } = anatomy;
  const right: Point[] = [
    [axis + w + 4, y - 9],
    [axis + w + 6, y + 14],
  ];
  const path = smooth([[2 * axis - right[0][0], y - 9], [axis, y - 3], right[0]]);
  appendSmooth(path, [right[1], [axis, y + 20], [2 * axis - right[1][0], y + 14]], false, true);
  path.closePath();
  ontoPainted(brush, () => softFill(brush, path, { r: 18, g: 12, b: 24 }, 0.4, 4, 0, 5));
  paintCloth(
    brush,
    path,
    { ...cloth, base: mix(cloth.base, cloth.deep, 0.22) },
    { x: axis - w - 10, y: y - 12, width: 2 * w + 20, height: 36 },
    'plain',
    10,
  );
}

function hoodFront(brush: Brush, anatomy: Anatomy, cloth: Cloth, cut: Cut): void {
  const { axis, neckHalf: n, pitY, waistY, waistHalf } = anatomy;
  for (const side of [-1, 1]) {
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
    ontoPainted(brush, () => softFill(brush, flap, { r: 18, g: 12, b: 24 }, 0.5, 6, 2, 6));
    paintCloth(brush, flap, cloth, { x: axis - n * 2.6, y: pitY - 50, width: n * 5.2, height: 130 }, 'plain', 16);
    within(brush, flap, () =>
      fold(
        brush,
        cloth,
        [
          [x(n * 1.9), pitY - 22],
          [x(n * 1.5), pitY + 14],
          [x(n * 0.7), pitY + 42],
        ],
        9,
        0.8,
      ),
    );
    seam(brush, cloth, [
      [x(n * 0.9), pitY - 30],
      [x(n * 0.66), pitY + 8],
      [x(3), pitY + 46],
    ]);
    const cord: Point[] = [
      [x(n * 0.5), pitY + 34],
      [x(n * 0.56), pitY + 80],
      [x(n * 0.46 + side), pitY + (side > 0 ? 128 : 142)],
    ];
    softStroke(brush, smooth(cord), cloth.deep, 0.6, 4, 2, 2, 2);
    line(brush, smooth(cord), hex('#f0ece4'), 1, 3.4);
    line(brush, smooth(cord.slice(1)), hex('#b9b2ab'), 0.6, 1);
    fill(brush, dot(cord[0][0], cord[0][1], 3.4), css(hex('#8d8a88')));
  }
  const y = waistY + 8;
  const w = waistHalf * 0.74;
  const pouch = new Path2D();
  [
    [axis - w * 0.62, y],
    [axis + w * 0.62, y],
    [axis + w, y + 62],
    [axis + w, y + 92],
    [axis - w, y + 92],
    [axis - w, y + 62],
  ].forEach(([px, py], index) => (index === 0 ? pouch.moveTo(px, py) : pouch.lineTo(px, py)));
  pouch.closePath();
  softFill(brush, pouch, cloth.shadow, 0.35, 4, 1, 4);
  softStroke(brush, pouch, cloth.light, 0.4, 2, 1, -1, -1);
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
      cloth.deep,
      0.7,
      4,
      1.8,
      side * 2,
      1,
    );
  }
  seam(brush, cloth, [
    [axis - w * 0.62, y],
    [axis, y + 1],
    [axis + w * 0.62, y],
  ]);
  const band = hemBand(anatomy, cut, 28);
  paintCloth(brush, band.path, cloth, { x: 290, y: 690, width: 444, height: 60 }, 'plain', 9);
  ribs(brush, band.path, cloth, band.top, band.bottom, 72);
}

/** Shirt and tie (or an open neck) that show between a jacket's lapels. */
function paintShirtFront(brush: Brush, anatomy: Anatomy, inner: Cloth, woman: boolean, jacket: Cloth): void {
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
  const path = new Path2D();
  [
    ...neckLine(anatomy, cut),
    ...mirrored(side, axis),
    [axis - n * 2, 690] as Point,
    [axis + n * 2, 690] as Point,
    ...[...side].reverse(),
  ].forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  path.closePath();
  paintCloth(brush, path, inner, { x: axis - 140, y: pitY - 40, width: 280, height: 380 }, 'plain', 18);
  if (woman) {
    placket(brush, anatomy, inner, pitY + 44, 690);
    collar(brush, anatomy, inner, 44, 1);
    return;
  }
  collar(brush, anatomy, inner, 16, 1);
  const tie = clothOf(mix(jacket.base, hex('#8e2f3c'), 0.72));
  const blade = new Path2D();
  [
    [axis - 9, pitY + 20],
    [axis + 9, pitY + 20],
    [axis + 19, pitY + 150],
    [axis + 20, pitY + 190],
    [axis - 20, pitY + 190],
    [axis - 19, pitY + 150],
  ].forEach(([x, y], index) => (index === 0 ? blade.moveTo(x, y) : blade.lineTo(x, y)));
  blade.closePath();
  softFill(brush, blade, { r: 20, g: 14, b: 24 }, 0.4, 4, 3, 3);
  paintCloth(brush, blade, tie, { x: axis - 24, y: pitY, width: 48, height: 200 }, 'denim', 9);
  const knot = new Path2D();
  [
    [axis - 14, pitY - 5],
    [axis + 14, pitY - 5],
    [axis + 9, pitY + 24],
    [axis - 9, pitY + 24],
  ].forEach(([x, y], index) => (index === 0 ? knot.moveTo(x, y) : knot.lineTo(x, y)));
  knot.closePath();
  softFill(brush, knot, { r: 20, g: 14, b: 24 }, 0.5, 2.5, 1, 2);
  paintCloth(brush, knot, tie, { x: axis - 18, y: pitY - 10, width: 36, height: 40 }, 'denim', 7);
}

function lapels(brush: Brush, anatomy: Anatomy, cloth: Cloth, cut: Cut, jacket: Path2D): void {
  const { axis, neckHalf: n, pitY, waistHalf, hipY } = anatomy;
  const deep = pitY + cut.neckDrop;
  for (const side of [1, -1]) {
    const x = (value: number): number => axis + side * value;
    const path = new Path2D();
    (
      [
        [x(n * 1.06), pitY - 36],
        [x(n * 1.5), pitY - 16],
        [x(n * 2.05), pitY + 34],
        [x(n * 1.62), pitY + 46],
        [x(n * 1.86), pitY + 66],
        [x(n * 1.2), pitY + cut.neckDrop * 0.66],
        [x(-2), deep + 4],
        [x(n * 0.5), pitY - 10 + cut.neckDrop * 0.45],
      ] as Point[]
    ).forEach(([px, py], index) => (index === 0 ? path.moveTo(px, py) : path.lineTo(px, py)));
    path.closePath();
    ontoPainted(brush, () => softFill(brush, path, { r: 14, g: 10, b: 20 }, 0.55, 5, 2, 5));
    paintCloth(
      brush,
      path,
      { ...cloth, base: mix(cloth.base, cloth.light, 0.18) },
      { x: axis - n * 2.4, y: pitY - 40, width: n * 4.8, height: cut.neckDrop + 60 },
      'plain',
      10,
    );
    line(brush, path, cloth.deep, 0.5, 1.2);
    line(
      brush,
      smooth([
        [x(n * 2.05), pitY + 34],
        [x(n * 1.34), pitY + 26],
      ]),
      cloth.deep,
      0.6,
      1.4,
    );
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
      cloth.shadow,
      0.8,
      4,
      2,
    );
  }
  within(brush, jacket, () => {
    softStroke(
      brush,
      smooth([
        [axis + 4, deep],
        [axis + 6, deep + 90],
        [axis + 22, cut.hemY + 8],
      ]),
      cloth.deep,
      0.8,
      3,
      1.6,
      2,
      0,
    );
    line(
      brush,
      smooth([
        [axis + 3, deep],
        [axis + 5, deep + 90],
        [axis + 20, cut.hemY + 8],
      ]),
      cloth.deep,
      0.7,
      1.4,
    );
    glow(brush, axis + 22, cut.hemY - 40, 22, 70, cloth.shadow, 0.6, -0.15);
  });
  for (const dy of [14, 66]) {
    fill(brush, dot(axis + 0.5, deep + dy + 1.6, 5.6), css(cloth.deep, 0.7));
    fill(brush, dot(axis, deep + dy, 5.2), css(mix(cloth.deep, hex('#2a2320'), 0.5)));
    glow(brush, axis - 1.6, deep + dy - 1.6, 2.4, 2, hex('#ffffff'), 0.4);
  }
}
