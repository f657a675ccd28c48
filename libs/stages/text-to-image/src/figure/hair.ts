import { Path2D } from '@napi-rs/canvas';
import { namedDraws, type Draws } from '@soliloquy/random';
import { fill, glow, ontoPainted, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix, WHITE } from './color.ts';
import { paintCurlsBack, paintCurlsFront } from './curls.ts';
import { ellipse, mirrored, smooth } from './curves.ts';
import { SHADOWS, type Skin } from './palette.ts';
import type { Sitter } from './sitter.ts';
import { between, bodyOf, paintLock, scatterHairs } from './strands.ts';

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

/** Shadow of hair on brow, temples and whatever lies under it. */
export function castHairShadow(brush: Brush, area: Path2D, skin: Skin): void {
  ontoPainted(brush, () =>
    softFill(brush, area, { color: mix(skin.deep, SHADOWS.hair, 0.6), opacity: 0.45, blur: 4.5, dx: 3, dy: 5 }),
  );
}

/** Hair that falls to both sides of a parting: bob and long. */
function paintParted(brush: Brush, { anatomy: { face }, look, skin, hair }: Sitter, random: Draws): void {
  const long = look.hairstyle === 'long';
  const man = look.gender === 'man';
  const part = man ? -6 : -17;
  const { temple: t, crown: c, hairline: h } = face;
  const bottom = long ? (man ? 148 : 226) : 104;
  const curl = long ? 1 : -1;
  const sides: { guides: Point[][]; strands: number }[] = ([1, -1] as const).map((side) => {
    const span = side > 0 ? t - part : t + part;
    const x = (share: number): number => part + side * span * share;
    const hang = (rest: readonly Point[]): Point[] => rest.map(([px, py]) => [side * px, py]);
    const inner: Point[] = [
      [part, h + 2],
      [x(0.3), h + (side > 0 ? 1 : 2)],
      [x(0.68), h + 24],
      ...hang([
        [t * 0.93, -16],
        [t * 0.97 - (man ? 0 : 1), 32],
        [t * 0.92, bottom * 0.5],
        [t * 0.8 - curl * 2, bottom * 0.78],
        [t * 0.86 + (long ? 4 : -24), bottom],
      ]),
    ];
    const middle: Point[] = [
      [part, c + 10],
      [x(0.36), c + 12],
      [x(0.84), c + 44],
      ...hang([
        [t + 4, -18],
        [t + 8, 34],
        [t + 6, bottom * 0.5],
        [t + 1 + curl * 3, bottom * 0.78],
        [t - 2 + curl * 4, bottom + 9],
      ]),
    ];
    const outer: Point[] = [
      [part, c - 12],
      [x(0.42), c - 17],
      [x(0.98), c + 22],
      ...hang([
        [t + 17, -32],
        [t + 19, 28],
        [t + 16 + curl * 4, bottom * 0.5],
        [t + 17 + curl * 7, bottom * 0.78],
        [t + 4 + curl * 3, bottom - 4],
      ]),
    ];
    return { guides: [...between(inner, middle, 4), ...between(middle, outer, 4).slice(1)], strands: long ? 640 : 560 };
  });
  for (const side of sides) castHairShadow(brush, bodyOf(side.guides), skin);
  for (const side of sides) {
    paintLock(brush, { guides: side.guides, strands: side.strands, width: 1.25, shine: 0.3, stray: 2.6 }, hair, random);
    const body = bodyOf(side.guides);
    within(brush, body, () => {
      softStroke(brush, smooth(side.guides[0]), { color: hair.dark, opacity: 0.6, width: 8, blur: 4 });
      glow(brush, [side === sides[1] ? -52 : 50, -86], [40, 13], {
        color: hair.shine,
        opacity: side === sides[1] ? 0.42 : 0.24,
        turn: side === sides[1] ? -0.55 : 0.55,
      });
      glow(brush, [side === sides[1] ? -78 : 80, bottom * 0.5], [10, 34], {
        color: hair.light,
        opacity: side === sides[1] ? 0.4 : 0.2,
      });
    });
    // a few single hairs that keep no order
    paintLock(
      brush,
      { guides: [side.guides[0], side.guides[2]], strands: 8, width: 0.7, shine: 0.5, stray: 5, tone: 0.2 },
      hair,
      random,
    );
  }
  softFill(
    brush,
    smooth([
      [part, h + 3],
      [part + 1, c + 6],
      [part, c - 8],
    ]),
    { color: hair.dark, opacity: 0.7, blur: 1.2 },
  );
}

/** Hair combed from the hairline over the head: short, and gathered into bun or ponytail. */
function paintSwept(brush: Brush, { anatomy: { face }, look, skin, hair }: Sitter, random: Draws): void {
  const { temple: t, crown: c, hairline: h } = face;
  const gathered = look.hairstyle !== 'short';
  const woman = look.gender === 'woman';
  const lift = gathered ? 9 : woman ? 17 : 20;
  const line: Point[] = [
    [-t - 1, 4],
    [-t * 0.96, -22],
    [-t * 0.86, -46],
    [-t * 0.62, h + 8],
    [-t * 0.28, h + 1],
    [t * 0.1, h - 1],
    [t * 0.46, h + 3],
    [t * 0.78, h + 17],
    [t * 0.93, -34],
    [t * 0.97, -14],
    [t + 1, 6],
  ];
  const top: Point[] = [
    [-t - 4, 0],
    [-t - 8, -34],
    [-t - 4, -70],
    [-t * 0.8, c + 8 - lift * 0.4],
    [-t * 0.44, c - lift * 0.85],
    [t * 0.02, c - lift],
    [t * 0.46, c - lift * 0.9],
    [t * 0.84, c + 8 - lift * 0.4],
    [t + 5, -70],
    [t + 8, -34],
    [t + 4, 2],
  ];
  // gathered hair runs to the back of the crown, short hair is swept to one side and stands a little
  const guides = line.map((root, index): Point[] => {
    const tip = top[index];
    const to: Point = gathered
      ? [tip[0] * 0.72, Math.max(c - lift * 0.9, tip[1] - (index < 3 || index > 7 ? 34 : 4))]
      : tip;
    const sweep = gathered ? 0 : (woman ? 19 : 13) * Math.sin((index / 10) * Math.PI);
    return [
      root,
      [root[0] + (to[0] - root[0]) * 0.3 - sweep * 0.3, root[1] + (to[1] - root[1]) * 0.38 - (gathered ? 0 : 3)],
      [root[0] + (to[0] - root[0]) * 0.72 + sweep * 0.25, root[1] + (to[1] - root[1]) * 0.76 - (gathered ? 1 : 2)],
      [to[0] + sweep, to[1]],
    ];
  });
  const area = new Path2D();
  area.addPath(smooth([...line, ...[...top].reverse()], true));
  castHairShadow(brush, area, skin);
  softFill(brush, area, { color: mix(hair.base, hair.dark, 0.5), opacity: 0.9, blur: 1.6 });
  fill(brush, area, css(mix(hair.base, hair.dark, 0.45)));
  within(brush, area, () => {
    paintLock(
      brush,
      { guides, strands: gathered ? 760 : 820, width: 1.3, shine: gathered ? 0.42 : 0.5, stray: gathered ? 2 : 3.6 },
      hair,
      random,
    );
    if (gathered) {
      softStroke(brush, area, { color: hair.dark, opacity: 0.5, width: 10, blur: 4, dx: 4, dy: 3 });
      glow(brush, [-30, c + 12], [42, 11], { color: hair.shine, opacity: 0.5, turn: -0.3 });
      glow(brush, [34, c + 14], [34, 9], { color: hair.shine, opacity: 0.25, turn: 0.35 });
    } else {
      glow(brush, [-28, c + 3], [44, 14], { color: hair.shine, opacity: 0.4, turn: -0.25 });
      glow(brush, [t * 0.8, c + 40], [22, 44], { color: hair.dark, opacity: 0.6, turn: -0.2 });
      glow(brush, [-t * 0.96, -30], [12, 34], { color: hair.dark, opacity: 0.55 });
    }
  });
  if (!gathered) {
    // locks with an end of their own break the outline
    for (let lockIndex = 0; lockIndex < (woman ? 15 : 12); lockIndex++) {
      const at = 2.2 + (lockIndex / (woman ? 14 : 11)) * 4.9;
      const index = Math.floor(at);
      const share = at - index;
      const root: Point = [
        guides[index][1][0] * (1 - share) + guides[index + 1][1][0] * share,
        guides[index][1][1] * (1 - share) + guides[index + 1][1][1] * share,
      ];
      const tip: Point = [
        guides[index][3][0] * (1 - share) + guides[index + 1][3][0] * share + random.around(5) + 2,
        guides[index][3][1] * (1 - share) + guides[index + 1][3][1] * share - random.between(-3, 4),
      ];
      const half = random.between(6, 11);
      paintLock(
        brush,
        {
          guides: [
            [[root[0] - half, root[1]], [(root[0] + tip[0]) / 2 - half - 5, (root[1] + tip[1]) / 2 - 4], tip],
            [
              [root[0] + half, root[1] + 2],
              [(root[0] + tip[0]) / 2 + half - 3, (root[1] + tip[1]) / 2],
              [tip[0] + 2, tip[1] + 1],
            ],
          ],
          strands: 42,
          width: 1.1,
          shine: 0.6,
          stray: 1.2,
          tone: random.around(0.25),
        },
        hair,
        random,
      );
    }
    // a side parting's fringe falls over the brow's corner
    if (woman) {
      const fringe: Point[][] = between(
        [
          [-34, c - 8],
          [10, c + 12],
          [48, h + 12],
          [t * 0.88, h + 44],
          [t * 0.98, -8],
        ],
        [
          [-38, c + 4],
          [-14, h - 2],
          [18, h + 12],
          [46, h + 30],
          [t * 0.9, -22],
        ],
        4,
      );
      castHairShadow(brush, bodyOf(fringe), skin);
      paintLock(
        brush,
        { guides: fringe, strands: 240, width: 1.15, shine: 0.42, stray: 2.2, tone: 0.12 },
        hair,
        random,
      );
    }
  }
  // sideburns or the down before the ears
  for (const side of [1, -1]) {
    const down: Point[] = [
      [side * (t + 1), -28],
      [side * (t - 2), -12],
      [side * (t - 2.5), 0],
      [side * (t - 1.5), woman ? 16 : 11],
    ];
    paintLock(
      brush,
      {
        guides: [down, down.map(([x, y]): Point => [x - side * (woman ? 3.5 : 5), y - 2])],
        strands: woman ? 26 : 44,
        width: 0.8,
        shine: 0.4,
        stray: 1.5,
        tone: -0.1,
      },
      hair,
      random,
    );
  }
  if (gathered) {
    for (const side of [1, -1])
      paintLock(
        brush,
        {
          guides: [
            [
              [side * (t - 4), -40],
              [side * (t + 3), 0],
              [side * (t - 2), 44],
              [side * (t + 2), 70],
            ],
            [
              [side * (t - 8), -42],
              [side * (t - 1), 0],
              [side * (t - 5), 40],
              [side * (t + 1), 68],
            ],
          ],
          strands: 15,
          width: 0.75,
          shine: 0.4,
          stray: 1.6,
        },
        hair,
        random,
      );
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
    { x: -t - 6, y: c - 8, width: 2 * t + 12, height: 130 },
    5200,
    4.2,
    0.7,
    hair,
    random,
    towards,
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
      { x: -t - 4, y: -54, width: 2 * t + 8, height: 64 },
      1300,
      3.4,
      0.6,
      hair,
      random,
      () => 0.1,
    );
}
