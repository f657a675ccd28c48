import { Path2D } from '@napi-rs/canvas';
import { namedDraws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { fill, glow, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, mix } from './color.ts';
import { smooth, symmetric, tapered } from './curves.ts';
import { paintEyes } from './eyes.ts';
import { paintBeard } from './facial-hair.ts';
import { paintMouth, paintNose } from './mouth-and-nose.ts';
import type { Sitter } from './sitter.ts';
import { paintYears } from './years.ts';

/** Outline of skull and jaw, in face units. */
export function faceOutlineOf(face: FaceShape): Point[] {
  return symmetric(
    [
      [0, face.crown],
      [face.temple * 0.52, face.crown + 8],
      [face.temple * 0.88, face.crown + 36],
      [face.temple, -42],
      [face.temple * 1.005, -10],
      [face.cheek * 0.985, 22],
      [face.cheek * 0.9, 46],
      [face.jaw, face.jawHeight],
      [(face.jaw + face.chinWidth) * 0.52, face.jawHeight + (face.chin - face.jawHeight) * 0.62],
      [face.chinWidth, face.chin - 4.5],
      [0, face.chin],
    ],
    0,
  );
}

/** Ears, head and face, hair apart. Origin of the brush: the face's axis on the line of the eyes. */
export function paintHead(brush: Brush, sitter: Sitter): void {
  const { look, skin } = sitter;
  const { face } = sitter.anatomy;
  for (const side of [1, -1] as const) paintEar(brush, sitter, side);
  const outline = smooth(faceOutlineOf(face), true);
  fill(
    brush,
    outline,
    ramp(
      brush,
      [-face.cheek, -90],
      [face.cheek, face.chin],
      [css(mix(skin.base, skin.light, 0.5)), css(skin.base), css(mix(skin.base, skin.shadow, 0.28))],
    ),
  );
  within(brush, outline, () => {
    modelFace(brush, sitter, outline);
    paintNose(brush, sitter);
    if (look.age !== 'young') paintYears(brush, sitter);
    if (look.facialHair !== 'none') paintBeard(brush, sitter, 'under');
    paintMouth(brush, sitter);
    paintEyes(brush, sitter);
    freckle(brush, sitter);
  });
  if (look.facialHair === 'beard') paintBeard(brush, sitter, 'over');
}

/** The large forms: light on brow, cheeks and chin, shade on the far side and below, blood in cheeks and nose. */
function modelFace(brush: Brush, { anatomy: { face }, look, skin }: Sitter, outline: Path2D): void {
  const man = look.gender === 'man';
  softStroke(brush, outline, { color: skin.shadow, opacity: 0.85, width: 34, blur: 13, dx: 14, dy: 3 });
  softStroke(brush, outline, { color: skin.shadow, opacity: 0.5, width: 14, blur: 6, dx: 3, dy: -2 });
  softStroke(brush, outline, {
    color: mix(skin.shadow, skin.deep, 0.4),
    opacity: 0.5,
    width: 6,
    blur: 3,
    dx: 1.5,
    dy: 0,
  });
  // hollow below the cheekbones, temples
  glow(brush, [face.cheek * 0.8, 44], [17, 38], { color: skin.shadow, opacity: man ? 0.72 : 0.46, turn: 0.38 });
  glow(brush, [-face.cheek * 0.83, 44], [13, 36], { color: skin.shadow, opacity: man ? 0.5 : 0.3, turn: -0.38 });
  glow(brush, [face.temple * 0.9, -38], [18, 32], { color: skin.shadow, opacity: 0.5 });
  // warm zones
  const flush = man ? 0.26 : 0.4;
  glow(brush, [-face.cheek * 0.56, 29], [26, 20], { color: skin.blush, opacity: flush, turn: -0.15 });
  glow(brush, [face.cheek * 0.56, 29], [26, 20], { color: skin.blush, opacity: flush + 0.05, turn: 0.15 });
  glow(brush, [0, face.chin - 10], [20, 12], { color: skin.blush, opacity: 0.16 });
  // light
  glow(brush, [-16, -57], [47, 30], { color: skin.light, opacity: 0.62 });
  glow(brush, [-face.cheek * 0.57, 13], [22, 15], { color: skin.light, opacity: 0.62, turn: 0.35 });
  glow(brush, [face.cheek * 0.5, 13], [16, 11], { color: skin.light, opacity: 0.36, turn: -0.35 });
  glow(brush, [-4, face.chin - 15], [15, 10], { color: skin.light, opacity: 0.46 });
  glow(brush, [-face.jaw * 0.66, 66], [15, 14], { color: skin.light, opacity: 0.22 });
  glow(brush, [0, -26], [12, 11], { color: skin.light, opacity: 0.2 });
  // folds from the wings of the nose to the corners of the mouth
  for (const side of [1, -1]) {
    const fold: Point[] = [
      [side * (face.noseWidth + 3), face.noseBase - 5],
      [side * (face.noseWidth + 11), face.noseBase + 8],
      [side * (face.mouthWidth + 8), face.mouthY - 3],
    ];
    softFill(brush, tapered(fold, 4.5), { color: skin.shadow, opacity: look.age === 'young' ? 0.3 : 0.62, blur: 2.2 });
  }
}

function paintEar(brush: Brush, { anatomy: { face }, look, skin }: Sitter, side: 1 | -1): void {
  const { ctx } = brush;
  ctx.save();
  ctx.scale(side, 1);
  const x = face.temple;
  const grow = look.age === 'older' ? 1.08 : 1;
  const outer: Point[] = [
    [x - 4, -16],
    [x + 5, -22],
    [x + 12.5, -17],
    [x + 13.5, -3],
    [x + 9.5, 12],
    [x + 6, 25],
    [x + 1, 31 * grow],
    [x - 5, 26],
    [x - 8, 4],
  ];
  const path = smooth(outer, true);
  fill(brush, path, css(mix(skin.base, skin.blush, 0.26)));
  within(brush, path, () => {
    softStroke(brush, path, {
      color: side > 0 ? skin.deep : skin.shadow,
      opacity: 0.5,
      width: 5,
      blur: 2,
      dx: -side * 1.5,
      dy: 1,
    });
    glow(brush, [x + 2, 4], [6.5, 14], { color: skin.deep, opacity: 0.62, turn: 0.1 });
    softFill(
      brush,
      tapered(
        [
          [x + 2, -12],
          [x + 8.5, -12],
          [x + 8.6, 2],
          [x + 4, 14],
        ],
        3,
      ),
      { color: mix(skin.deep, skin.shadow, 0.4), opacity: 0.6, blur: 0.9 },
    );
    softFill(
      brush,
      tapered(
        [
          [x + 4, -18.5],
          [x + 10.5, -15],
          [x + 11.2, -3],
          [x + 8, 11],
        ],
        2.4,
      ),
      { color: skin.light, opacity: side < 0 ? 0.65 : 0.35, blur: 0.8 },
    );
    glow(brush, [x + 3, 25], [4.5, 5], { color: skin.light, opacity: 0.34 });
  });
  ctx.restore();
}

/** Pores and, on some fair skins, freckles. */
function freckle(brush: Brush, { anatomy: { face }, look, skin, seed }: Sitter): void {
  const random = namedDraws(seed, 'freckles');
  const fair = look.skinTone === 'very light' || look.skinTone === 'light';
  const many = fair && (look.hairColour === 'red' || random.next() < 0.22) ? 130 : 12;
  for (let index = 0; index < many; index++) {
    const x = random.around(1) * face.cheek * 0.95;
    const y = 22 + random.around(1) * 26;
    if (Math.abs(x) < 6 && many < 20) continue;
    const dot = new Path2D();
    dot.ellipse(x, y, random.between(0.5, 1.15), random.between(0.4, 0.9), 0, 0, Math.PI * 2);
    fill(brush, dot, css(mix(skin.shadow, hex('#8a4f2a'), 0.4), many > 20 ? random.between(0.22, 0.5) : 0.25));
  }
  for (let index = 0; index < 900; index++) {
    const x = random.around(1) * face.cheek;
    const y = -70 + random.next() * 170;
    const dot = new Path2D();
    dot.rect(x, y, 0.9, 0.9);
    fill(brush, dot, css(random.next() < 0.5 ? skin.shadow : skin.light, 0.2));
  }
}
