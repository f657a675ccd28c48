import { Path2D } from '@napi-rs/canvas';
import { namedDraws, type Draws } from '@soliloquy/random';
import { fill, glow, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix, WHITE } from './color.ts';
import { paintCurlsBack, paintCurlsFront } from './curls.ts';
import { ellipse, mirrored, smooth } from './curves.ts';
import { paintParted } from './parted-hair.ts';
import type { Sitter } from './sitter.ts';
import { between, paintLock, scatterHairs } from './strands.ts';
import { paintSwept } from './swept-hair.ts';

/** What lies behind head and neck. Origin of the brush: the face's axis on the line of the eyes. */
export function paintHairBack(brush: Brush, sitter: Sitter): void {
  const {
    anatomy: { face },
    look,
    hair,
    seed,
  } = sitter;
  const random = namedDraws(seed, 'hair back');
  const wide = face.temple + 14;
  if (look.hairstyle === 'curly') paintCurlsBack(brush, sitter, random);
  if (look.hairstyle === 'long' || look.hairstyle === 'bob') {
    const bottom = look.hairstyle === 'long' ? (look.gender === 'woman' ? 205 : 150) : 112;
    const left: Point[] = [
      [-30, -110],
      [-wide, -40],
      [-wide - 2, 30],
      [-wide + 2, bottom * 0.6],
      [-wide + 8, bottom],
    ];
    paintLock(
      brush,
      { guides: between(left, mirrored(left, 0), 7), strands: 420, width: 1.3, shine: 0.2, stray: 5, tone: -0.75 },
      hair,
      random,
    );
  }
  if (look.hairstyle === 'ponytail') {
    const left: Point[] = [
      [-6, -96],
      [30, -112],
      [64, -60],
      [62, 20],
      [66, 110],
      [74, 190],
    ];
    const right: Point[] = [
      [10, -120],
      [62, -128],
      [104, -64],
      [100, 24],
      [112, 112],
      [88, 208],
    ];
    paintLock(
      brush,
      { guides: between(left, right, 5), strands: 330, width: 1.3, shine: 0.34, stray: 3.4, tone: -0.25 },
      hair,
      random,
    );
  }
  if (look.hairstyle === 'bun') {
    const knot = ellipse([0, -142], 42, 36, 0);
    fill(brush, knot, css(mix(hair.base, hair.dark, 0.5)));
    for (let turn = 0; turn < 9; turn++) {
      const angle = turn * 0.7;
      const ring = Array.from({ length: 2 }, (_, edge): Point[] =>
        Array.from({ length: 7 }, (_step, index): Point => {
          const a = angle + (index / 6) * 2.3;
          const radius = 40 - turn * 3.6 - edge * 11;
          return [Math.cos(a) * Math.max(3, radius), -142 + Math.sin(a) * Math.max(3, radius) * 0.86];
        }),
      );
      paintLock(brush, { guides: ring, strands: 62, width: 1.1, shine: 0.45, stray: 1, tone: -0.1 }, hair, random);
    }
    within(brush, knot, () =>
      softStroke(brush, knot, { color: hair.dark, opacity: 0.75, width: 12, blur: 5, dx: 4, dy: 2 }),
    );
  }
}

/** What lies on the head and falls before the shoulders. */
export function paintHairFront(brush: Brush, sitter: Sitter): void {
  const { look, seed } = sitter;
  const random = namedDraws(seed, 'hair front');
  if (look.hairstyle === 'bald') {
    paintBaldHead(brush, sitter, random);
  } else if (look.hairstyle === 'buzz cut') {
    paintCropped(brush, sitter, random);
  } else if (look.hairstyle === 'curly') {
    paintCurlsFront(brush, sitter, random);
  } else if (look.hairstyle === 'long' || look.hairstyle === 'bob') {
    paintParted(brush, sitter, random);
  } else {
    paintSwept(brush, sitter, random);
  }
}

function paintCropped(brush: Brush, { anatomy: { face }, hair }: Sitter, random: Draws): void {
  const { temple: t, crown: c, hairline: h } = face;
  const area = smooth(
    [
      [-t - 1.5, 10],
      [-t * 0.9, -6],
      [-t * 0.87, -46],
      [-t * 0.62, h + 6],
      [-t * 0.3, h],
      [t * 0.3, h],
      [t * 0.62, h + 6],
      [t * 0.87, -46],
      [t * 0.9, -6],
      [t + 1.5, 10],
      [t + 3, -20],
      [t + 3, -46],
      [t * 0.92, c + 32],
      [t * 0.55, c + 3],
      [0, c - 4.5],
      [-t * 0.55, c + 3],
      [-t * 0.92, c + 32],
      [-t - 3, -46],
      [-t - 3, -20],
    ],
    true,
  );
  softFill(brush, area, { color: mix(hair.base, hair.dark, 0.4), opacity: 0.55, blur: 2.6 });
  fill(brush, area, css(mix(hair.base, hair.dark, 0.4), 0.62));
  const towards = (x: number, y: number): number => Math.PI + x * 0.012 + (y + 90) * 0.002;
  scatterHairs(
    brush,
    area,
    {
      box: { x: -t - 6, y: c - 8, width: 2 * t + 12, height: 130 },
      count: 5200,
      length: 4.2,
      width: 0.7,
      hair,
      direction: towards,
    },
    random,
  );
  within(brush, area, () => {
    glow(brush, [-24, c + 22], [40, 22], { color: hair.light, opacity: 0.45 });
    softStroke(brush, area, { color: hair.dark, opacity: 0.5, width: 9, blur: 5, dx: 5, dy: 2 });
  });
}

function paintBaldHead(brush: Brush, { anatomy: { face }, look, skin, hair }: Sitter, random: Draws): void {
  const { temple: t, crown: c } = face;
  glow(brush, [-22, c + 26], [34, 20], { color: mix(skin.light, WHITE, 0.3), opacity: 0.55, turn: -0.2 });
  glow(brush, [-26, c + 22], [13, 7], { color: WHITE, opacity: 0.4, turn: -0.3 });
  const sides = new Path2D();
  for (const side of [1, -1])
    sides.addPath(
      smooth(
        [
          [side * (t + 1), 6],
          [side * (t * 0.93), -8],
          [side * (t * 0.9), -40],
          [side * (t * 0.97), -52],
          [side * (t + 2), -40],
        ],
        true,
      ),
    );
  softFill(brush, sides, {
    color: mix(hair.base, skin.shadow, 0.5),
    opacity: look.age === 'young' ? 0.3 : 0.5,
    blur: 3,
  });
  if (look.age !== 'young')
    scatterHairs(
      brush,
      sides,
      {
        box: { x: -t - 4, y: -54, width: 2 * t + 8, height: 64 },
        count: 1300,
        length: 3.4,
        width: 0.6,
        hair,
        direction: () => 0.1,
      },
      random,
    );
}
