import type { Draws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { glow, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { smooth } from './curves.ts';
import type { Sitter } from './sitter.ts';
import { between, bodyOf, castHairShadow, paintLock } from './strands.ts';
/** What a parted head of hair is laid out by, face units. */
interface Parting {
  readonly face: FaceShape;
  /** x of the parting */
  readonly part: number;
  /** y of the tips */
  readonly bottom: number;
  readonly long: boolean;
  readonly man: boolean;
}

/** Hair that falls to both sides of a parting: bob and long. */
export function paintParted(brush: Brush, { anatomy: { face }, look, skin, hair }: Sitter, random: Draws): void {
  const long = look.hairstyle === 'long';
  const man = look.gender === 'man';
  const parting: Parting = { face, part: man ? -6 : -17, bottom: long ? (man ? 148 : 226) : 104, long, man };
  const { part, bottom } = parting;
  const sides = ([1, -1] as const).map((side) => ({ left: side < 0, guides: guidesOf(parting, side) }));
  for (const { guides } of sides) castHairShadow(brush, bodyOf(guides), skin);
  for (const { guides, left } of sides) {
    paintLock(brush, { guides, strands: long ? 640 : 560, width: 1.25, shine: 0.3, stray: 2.6 }, hair, random);
    const body = bodyOf(guides);
    within(brush, body, () => {
      softStroke(brush, smooth(guides[0]), { color: hair.dark, opacity: 0.6, width: 8, blur: 4 });
      glow(brush, [left ? -52 : 50, -86], [40, 13], {
        color: hair.shine,
        opacity: left ? 0.42 : 0.24,
        turn: left ? -0.55 : 0.55,
      });
      glow(brush, [left ? -78 : 80, bottom * 0.5], [10, 34], {
        color: hair.light,
        opacity: left ? 0.4 : 0.2,
      });
    });
    // a few single hairs that keep no order
    paintLock(
      brush,
      { guides: [guides[0], guides[2]], strands: 8, width: 0.7, shine: 0.5, stray: 5, tone: 0.2 },
      hair,
      random,
    );
  }
  const { crown: c, hairline: h } = face;
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

/** The curves of one side, from the face outwards. */
function guidesOf({ face, part, bottom, long, man }: Parting, side: 1 | -1): Point[][] {
  const { temple: t, crown: c, hairline: h } = face;
  const curl = long ? 1 : -1;
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
  return [...between(inner, middle, 4), ...between(middle, outer, 4).slice(1)];
}
