import { Path2D } from '@napi-rs/canvas';
import { namedDraws } from '@soliloquy/random';
import type { Anatomy, Arm } from './anatomy.ts';
import { fill, glow, line, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, mix } from './color.ts';
import { appendSmooth, mirrored, openPolygon, polygon, smooth, tapered } from './curves.ts';
import { fold, paintCloth, ribs, seam, type Weave } from './fabric.ts';
import { paintBareArm, paintHand } from './hands.ts';
import { paintBareLegs, paintShoes, paintSkirt, paintTrousers } from './lower-body.ts';
import { clothOf, SHADOWS, wardrobeOf, type Cloth, type Skin } from './palette.ts';
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
      paintCloth(brush, band.path, main, { box: { x: 300, y: 680, width: 424, height: 60 }, weave: 'plain', depth: 9 });
      ribs(brush, band.path, main, { from: band.top, to: band.bottom, count: 70 });
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
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.3, blur: 3.5, dy: 3 }));
  paintCloth(brush, path, cloth, {
    box: { x: axis - 90, y: pitY - 40, width: 180, height: 110 },
    weave: 'plain',
    depth: 7,
  });
  ribs(brush, path, cloth, { from: inside, to: outside, count });
  line(brush, smooth(inside), { color: cloth.deep, opacity: 0.55, width: 1.4 });
}

function edge(brush: Brush, anatomy: Anatomy, cut: Cut, cloth: Cloth): void {
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
  const path = openPolygon(outline);
  softStroke(brush, path, { color: cloth.shadow, opacity: 0.7, width: 4, blur: 1.8, dx: 1, dy: 2 });
  line(brush, path, { color: cloth.deep, opacity: 0.45, width: 1.2 });
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
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.cloth, opacity: 0.4, blur: 4, dy: 5 }));
  paintCloth(
    brush,
    path,
    { ...cloth, base: mix(cloth.base, cloth.deep, 0.22) },
    { box: { x: axis - w - 10, y: y - 12, width: 2 * w + 20, height: 36 }, weave: 'plain', depth: 10 },
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
  const y = waistY + 8;
  const w = waistHalf * 0.74;
  const pouch = polygon([
    [axis - w * 0.62, y],
    [axis + w * 0.62, y],
    [axis + w, y + 62],
    [axis + w, y + 92],
    [axis - w, y + 92],
    [axis - w, y + 62],
  ]);
  softFill(brush, pouch, { color: cloth.shadow, opacity: 0.35, blur: 4, dx: 1, dy: 4 });
  softStroke(brush, pouch, { color: cloth.light, opacity: 0.4, width: 2, blur: 1, dx: -1, dy: -1 });
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
  const band = hemBand(anatomy, cut, 28);
  paintCloth(brush, band.path, cloth, { box: { x: 290, y: 690, width: 444, height: 60 }, weave: 'plain', depth: 9 });
  ribs(brush, band.path, cloth, { from: band.top, to: band.bottom, count: 72 });
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
    placket(brush, anatomy, inner, pitY + 44, 690);
    collar(brush, anatomy, inner, 44, 1);
    return;
  }
  collar(brush, anatomy, inner, 16, 1);
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

function lapels(brush: Brush, anatomy: Anatomy, cloth: Cloth, cut: Cut, jacket: Path2D): void {
  const { axis, neckHalf: n, pitY, waistHalf, hipY } = anatomy;
  const deep = pitY + cut.neckDrop;
  for (const side of [1, -1]) {
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
