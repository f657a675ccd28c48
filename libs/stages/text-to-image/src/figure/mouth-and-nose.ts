import { Path2D } from '@napi-rs/canvas';
import { namedDraws, type Draws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { fill, glow, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, mix, type Color } from './color.ts';
import { appendSmooth, mirrored, smooth, tapered } from './curves.ts';
import type { Skin } from './palette.ts';
import type { Sitter } from './sitter.ts';

/** The nose: planes of light and shade more than lines. Origin: the face's axis on the line of the eyes. */
export function paintNose(brush: Brush, { anatomy: { face }, look, skin }: Sitter): void {
  const base = face.noseBase;
  const wing = face.noseWidth;
  const man = look.gender === 'man';
  // the plane away from the light, from the brow's inner end down to the wing
  const plane = new Path2D();
  appendSmooth(
    plane,
    [
      [9, -24],
      [7.5, -4],
      [8, 14],
      [wing * 0.72, base - 12],
      [wing * 1.02, base - 2],
      [wing * 0.5, base + 3],
      [3, base - 8],
      [3.4, 6],
      [4, -20],
    ],
    true,
  );
  softFill(brush, plane, { color: skin.shadow, opacity: man ? 0.62 : 0.5, blur: 3.2 });
  glow(brush, [-10, -12], [8, 17], { color: skin.shadow, opacity: man ? 0.45 : 0.3, turn: -0.15 });
  glow(brush, [10, -13], [9, 18], { color: skin.shadow, opacity: man ? 0.6 : 0.45, turn: 0.15 });
  // ball, wings and the shade they throw on the lip
  glow(brush, [0, base - 6], [wing * 1.25, 13], { color: skin.blush, opacity: 0.26 });
  glow(brush, [2.5, base + 6.5], [wing * 1.02, 6.5], { color: mix(skin.shadow, skin.deep, 0.25), opacity: 0.62 });
  for (const side of [1, -1]) {
    glow(brush, [side * wing * 0.98, base - 5], [6, 9], {
      color: skin.shadow,
      opacity: side > 0 ? 0.75 : 0.5,
      turn: side * -0.25,
    });
    const crease: Point[] = [
      [side * (wing * 0.9), base - 12.5],
      [side * (wing + 1.2), base - 6.5],
      [side * (wing * 0.96), base + 0.4],
      [side * (wing * 0.72), base + 2],
    ];
    softFill(brush, tapered(crease, 2.5, { peak: 0.6 }), {
      color: mix(skin.deep, skin.shadow, 0.35),
      opacity: side > 0 ? 0.75 : 0.58,
      blur: 0.75,
    });
    const nostril: Point[] = [
      [side * 3.6, base + 2.3],
      [side * 6.4, base + 0.2],
      [side * (wing * 0.7), base + 1.2],
      [side * (wing * 0.76), base + 2.6],
    ];
    softFill(brush, tapered(nostril, 3.9, { peak: 0.55, start: 0.3, end: 0.2 }), {
      color: mix(skin.deep, hex('#1d0d0a'), 0.45),
      opacity: 0.9,
      blur: 0.65,
    });
  }
  const under: Point[] = [
    [-4.4, base + 2.7],
    [0, base + 4.6],
    [4.4, base + 2.7],
  ];
  softFill(brush, tapered(under, 1.8), { color: mix(skin.deep, skin.shadow, 0.4), opacity: 0.55, blur: 0.8 });
  // light along the bridge, a gleam on the tip
  glow(brush, [-2.2, 5], [3.6, 25], { color: skin.light, opacity: 0.62 });
  glow(brush, [-2.4, base - 8], [6.2, 5.6], { color: skin.light, opacity: 0.72 });
  glow(brush, [-3.1, base - 9.5], [2.4, 2], { color: hex('#ffffff'), opacity: 0.55 });
  glow(brush, [-wing * 0.78, base - 5.5], [3.2, 3.6], { color: skin.light, opacity: 0.4 });
}

/**
 * Where the closed lips meet, from the person's right corner to the left, in face units. The middle one is the landmark
 * `mouthCenter`.
 */
export function lipLineOf(face: FaceShape): Point[] {
  const { mouthY: y, mouthWidth: w } = face;
  const right: Point[] = [
    [w * 0.3, y - 0.7],
    [w * 0.66, y - 0.7],
    [w, y - 2.2],
  ];
  return [...mirrored(right, 0).reverse(), [0, y], ...right];
}

/** Both lips as areas. */
interface Lips {
  readonly upper: Path2D;
  readonly lower: Path2D;
  /** the lips' own dark and pale */
  readonly dark: Color;
  readonly pale: Color;
}

export function paintMouth(brush: Brush, sitter: Sitter): void {
  const { skin, seed } = sitter;
  const { face } = sitter.anatomy;
  const lips: Lips = {
    ...lipShapes(face),
    dark: mix(skin.lip, skin.deep, 0.5),
    pale: mix(skin.lip, skin.light, 0.42),
  };
  paintAroundMouth(brush, sitter);
  fillLips(brush, sitter, lips);
  paintLipLines(brush, sitter, lips, namedDraws(seed, 'lips'));
  paintLipSeam(brush, face, skin);
}

function lipShapes(face: FaceShape): { upper: Path2D; lower: Path2D } {
  const { mouthY: y, mouthWidth: w, upperLip: up, lowerLip: low } = face;
  const seam = lipLineOf(face);
  const topRight: Point[] = [
    [w * 0.12, y - up * 0.86],
    [w * 0.27, y - up],
    [w * 0.56, y - up * 0.64],
    [w * 0.84, y - up * 0.22],
    [w, y - 2.2],
  ];
  const upper = new Path2D();
  appendSmooth(upper, [...mirrored(topRight, 0).reverse(), [0, y - up * 0.74], ...topRight]);
  appendSmooth(upper, [...seam].reverse(), false, true);
  upper.closePath();
  const lower = new Path2D();
  appendSmooth(lower, seam);
  appendSmooth(
    lower,
    [
      [w, y - 2.2],
      [w * 0.74, y + low * 0.58],
      [w * 0.36, y + low * 0.97],
      [0, y + low],
      [-w * 0.36, y + low * 0.97],
      [-w * 0.74, y + low * 0.58],
      [-w, y - 2.2],
    ],
    false,
    true,
  );
  lower.closePath();
  return { upper, lower };
}

/** Groove above, hollow below, corners. */
function paintAroundMouth(brush: Brush, { anatomy: { face }, look, skin }: Sitter): void {
  const { mouthY: y, mouthWidth: w, upperLip: up, lowerLip: low } = face;
  const man = look.gender === 'man';
  glow(brush, [1.5, y - up - 7], [4, 7.5], { color: skin.shadow, opacity: 0.34 });
  glow(brush, [-3.8, y - up - 6], [2.6, 6], { color: skin.light, opacity: 0.32 });
  glow(brush, [0, y + low + 5.5], [w * 0.72, 6.5], {
    color: mix(skin.shadow, skin.deep, 0.12),
    opacity: man ? 0.72 : 0.66,
  });
  glow(brush, [-w - 2.5, y + 1], [6, 6], { color: skin.shadow, opacity: 0.5 });
  glow(brush, [w + 2.5, y + 1], [7, 7], { color: skin.shadow, opacity: 0.62 });
}

function fillLips(brush: Brush, { anatomy: { face }, look, skin }: Sitter, { upper, lower, dark, pale }: Lips): void {
  const { mouthY: y, mouthWidth: w, upperLip: up, lowerLip: low } = face;
  const man = look.gender === 'man';
  softFill(brush, upper, { color: skin.lip, opacity: 0.55, blur: 0.9 });
  softFill(brush, lower, { color: skin.lip, opacity: 0.5, blur: 1 });
  fill(
    brush,
    upper,
    ramp(
      brush,
      [0, y - up],
      [0, y + 1],
      [css(mix(skin.lip, skin.base, man ? 0.3 : 0.16)), css(mix(skin.lip, dark, 0.25)), css(mix(skin.lip, dark, 0.72))],
    ),
  );
  fill(
    brush,
    lower,
    ramp(
      brush,
      [0, y - 1],
      [0, y + low],
      [
        css(mix(skin.lip, dark, 0.4)),
        css(skin.lip),
        css(mix(skin.lip, pale, 0.4)),
        css(mix(skin.lip, skin.shadow, man ? 0.5 : 0.3)),
      ],
    ),
  );
  within(brush, upper, () => {
    glow(brush, [-w * 0.3, y - up * 0.8], [w * 0.32, up * 0.5], { color: pale, opacity: 0.55, turn: -0.2 });
    glow(brush, [w * 0.8, y - 1], [w * 0.4, up * 0.8], { color: dark, opacity: 0.5 });
    glow(brush, [-w * 0.9, y - 1], [w * 0.3, up * 0.7], { color: dark, opacity: 0.35 });
  });
  within(brush, lower, () => {
    glow(brush, [w * 0.75, y + low * 0.4], [w * 0.5, low * 0.8], { color: dark, opacity: 0.45 });
    glow(brush, [-w * 0.85, y + low * 0.3], [w * 0.3, low * 0.7], { color: dark, opacity: 0.3 });
    glow(brush, [-w * 0.14, y + low * 0.5], [w * 0.52, low * 0.34], {
      color: mix(pale, hex('#ffffff'), 0.2),
      opacity: man ? 0.5 : 0.8,
    });
  });
}

/** Fine lines across the lips, and gleams on a woman's. */
function paintLipLines(brush: Brush, { anatomy: { face }, look }: Sitter, { dark, pale }: Lips, random: Draws): void {
  const { mouthY: y, mouthWidth: w, upperLip: up, lowerLip: low } = face;
  for (let index = 0; index < 34; index++) {
    const x = (random.next() * 2 - 1) * w * 0.8;
    const bow = 1 - (x / w) ** 2;
    const above = index % 3 === 0;
    const from: Point = above ? [x, y - 1.2] : [x, y + 1.6];
    const to: Point = above ? [x * 1.04, y - 1.2 - up * 0.55 * bow] : [x * 1.05, y + 1.6 + low * 0.62 * bow];
    fill(brush, tapered([from, to], 0.75, { steps: 3 }), css(random.next() < 0.55 ? dark : pale, 0.3));
  }
  if (look.gender !== 'man') {
    glow(brush, [-w * 0.2, y + low * 0.48], [w * 0.22, low * 0.13], { color: hex('#ffffff'), opacity: 0.6 });
    glow(brush, [w * 0.16, y + low * 0.5], [w * 0.12, low * 0.1], { color: hex('#ffffff'), opacity: 0.32 });
  }
}

/** The line between the lips: the darkest of the lower face. */
function paintLipSeam(brush: Brush, face: FaceShape, skin: Skin): void {
  const { mouthY: y, mouthWidth: w } = face;
  const seam = lipLineOf(face);
  const ink = mix(skin.deep, hex('#2a0d0d'), 0.62);
  softStroke(brush, smooth(seam), { color: ink, opacity: 0.5, width: 1.7, blur: 0.9 });
  fill(brush, tapered(seam, 2.5, { peak: 0.5, start: 0.5, end: 0.5, steps: 8 }), css(ink, 0.95));
  for (const side of [1, -1])
    softFill(
      brush,
      tapered(
        [
          [side * (w - 3), y - 1.7],
          [side * (w + 1.2), y - 2.8],
        ],
        2.2,
        { start: 0.6, end: 0.2, steps: 3 },
      ),
      { color: ink, opacity: 0.62, blur: 0.8 },
    );
}
