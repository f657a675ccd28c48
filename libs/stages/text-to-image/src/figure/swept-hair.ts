import { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import { fill, glow, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { smooth } from './curves.ts';
import type { Sitter } from './sitter.ts';
import { between, bodyOf, castHairShadow, paintLock } from './strands.ts';
/** Hair combed from the hairline over the head: short, and gathered into bun or ponytail. */
export function paintSwept(brush: Brush, sitter: Sitter, random: Draws): void {
  const { look, skin, hair } = sitter;
  const { temple: t, crown: c } = sitter.anatomy.face;
  const gathered = look.hairstyle !== 'short';
  const { line, top, guides } = layOut(sitter);
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
    breakOutline(brush, sitter, guides, random);
    if (look.gender === 'woman') paintFringe(brush, sitter, random);
  }
  paintSideburns(brush, sitter, random);
  if (gathered) looseStrands(brush, sitter, random);
}

/** The hairline, the top of the hair and the curves between them. */
function layOut({ anatomy: { face }, look }: Sitter): { line: Point[]; top: Point[]; guides: Point[][] } {
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
  return { line, top, guides };
}

/** Locks with an end of their own break the outline. */
function breakOutline(brush: Brush, { look, hair }: Sitter, guides: readonly Point[][], random: Draws): void {
  const woman = look.gender === 'woman';
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
}

/** A side parting's fringe falls over the brow's corner. */
function paintFringe(brush: Brush, { anatomy: { face }, skin, hair }: Sitter, random: Draws): void {
  const { temple: t, crown: c, hairline: h } = face;
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
  paintLock(brush, { guides: fringe, strands: 240, width: 1.15, shine: 0.42, stray: 2.2, tone: 0.12 }, hair, random);
}

/** Sideburns, or the down before the ears. */
function paintSideburns(brush: Brush, { anatomy: { face }, look, hair }: Sitter, random: Draws): void {
  const t = face.temple;
  const woman = look.gender === 'woman';
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
}

/** What escapes from a bun or a ponytail at the temples. */
function looseStrands(brush: Brush, { anatomy: { face }, hair }: Sitter, random: Draws): void {
  const t = face.temple;
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
