import { Path2D } from '@napi-rs/canvas';
import { namedDraws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { fill, glow, line, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, mix } from './color.ts';
import { mirrored, smooth, symmetric, tapered } from './curves.ts';
import { paintEyes } from './eyes.ts';
import { paintBeard } from './facial-hair.ts';
import { paintMouth, paintNose } from './mouth-and-nose.ts';
import type { Sitter } from './sitter.ts';

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

/** Lines that years leave: crow's feet, forehead, bags, mouth. */
function paintYears(brush: Brush, { anatomy: { face }, look, skin }: Sitter): void {
  const much = look.age === 'older' ? 0.9 : 0.32;
  const dark = mix(skin.shadow, skin.deep, 0.45);
  for (const side of [1, -1]) {
    const s = (points: readonly Point[]): readonly Point[] => (side > 0 ? points : mirrored(points, 0));
    const x = face.eyeX + face.eyeWidth * 0.55;
    for (const [rise, length] of [
      [-5, 8],
      [0.5, 10],
      [6, 8],
    ])
      softFill(
        brush,
        tapered(
          s([
            [x, rise * 0.4],
            [x + length * 0.6, rise * 0.8],
            [x + length, rise * 1.5],
          ]),
          1.3,
        ),
        { color: dark, opacity: 0.55 * much, blur: 0.5 },
      );
    softFill(
      brush,
      tapered(
        s([
          [face.eyeX - 14, face.eyeOpen * 0.75],
          [face.eyeX, face.eyeOpen * 1.02],
          [face.eyeX + 15, face.eyeOpen * 0.72],
        ]),
        2.2,
      ),
      { color: dark, opacity: 0.5 * much, blur: 0.9 },
    );
    softFill(
      brush,
      tapered(
        s([
          [face.noseWidth + 3, face.noseBase - 6],
          [face.noseWidth + 12, face.noseBase + 9],
          [face.mouthWidth + 9, face.mouthY + 2],
        ]),
        2.6,
      ),
      { color: dark, opacity: 0.62 * much, blur: 1 },
    );
    softFill(
      brush,
      tapered(
        s([
          [face.mouthWidth + 4, face.mouthY + 3],
          [face.mouthWidth + 7, face.mouthY + 16],
        ]),
        2.4,
      ),
      { color: dark, opacity: 0.42 * much, blur: 1.1 },
    );
    glow(brush, [side * (face.jaw - 8), face.jawHeight + 4], [12, 14], { color: skin.shadow, opacity: 0.4 * much });
  }
  for (const [y, w] of [
    [face.browY - 15, 40],
    [face.browY - 25, 44],
    [face.browY - 34, 34],
  ]) {
    softFill(
      brush,
      tapered(
        [
          [-w, y + 2],
          [-w * 0.4, y - 1.5],
          [w * 0.1, y + 0.8],
          [w * 0.5, y - 1.2],
          [w, y + 2],
        ],
        1.7,
      ),
      { color: dark, opacity: 0.42 * much, blur: 0.8 },
    );
    glow(brush, [-6, y + 3.4], [w * 0.8, 2.4], { color: skin.light, opacity: 0.25 * much });
  }
  for (const side of [1, -1])
    softFill(
      brush,
      tapered(
        [
          [side * 4, face.browY - 5],
          [side * 3.2, face.browY + 8],
        ],
        1.4,
      ),
      { color: dark, opacity: 0.4 * much, blur: 0.6 },
    );
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

/** Neck and the part of the chest that a neckline may show. Page coordinates. */
export function paintNeck(brush: Brush, { anatomy, look, skin }: Sitter): void {
  const { axis, neckHalf: n, pitY, face, eyeY, shoulderHalf } = anatomy;
  const chin = eyeY + face.chin;
  const path = smooth(
    symmetric(
      [
        [axis, eyeY + 20],
        [axis + n * 1.02, eyeY + 24],
        [axis + n, chin - 4],
        [axis + n * 0.97, pitY - 44],
        [axis + n * 1.08, pitY - 28],
        [axis + n * 1.5, pitY - 16],
        [axis + n * 2.1, pitY - 7],
        [axis + shoulderHalf * 0.74, pitY + 6],
        [axis + shoulderHalf * 0.8, pitY + 60],
        [axis + n * 1.6, pitY + 120],
        [axis, pitY + 150],
      ],
      axis,
    ),
    true,
  );
  fill(
    brush,
    path,
    ramp(
      brush,
      [axis - n * 1.6, pitY],
      [axis + n * 1.6, pitY + 10],
      [
        css(mix(skin.base, skin.light, 0.2)),
        css(mix(skin.base, skin.shadow, 0.12)),
        css(mix(skin.base, skin.shadow, 0.62)),
      ],
    ),
  );
  within(brush, path, () => {
    softStroke(brush, path, { color: skin.shadow, opacity: 0.8, width: 20, blur: 8, dx: 4, dy: 0 });
    // shadow that the jaw throws
    const cast = smooth(
      symmetric(
        [
          [axis, eyeY + 30],
          [axis + face.jaw + 14, eyeY + 40],
          [axis + face.jaw * 0.95, chin - 2],
          [axis + face.chinWidth * 1.3, chin + 21],
          [axis, chin + 25],
        ],
        axis,
      ),
      true,
    );
    softFill(brush, cast, { color: mix(skin.shadow, skin.deep, 0.5), opacity: 0.92, blur: 7, dx: 5, dy: 2 });
    // the two cords that meet in the pit, collarbones
    for (const side of [1, -1]) {
      softFill(
        brush,
        tapered(
          [
            [axis + side * n * 0.86, chin + 16],
            [axis + side * n * 0.55, pitY - 22],
            [axis + side * 8, pitY + 3],
          ],
          7,
        ),
        { color: mix(skin.shadow, skin.deep, 0.25), opacity: side > 0 ? 0.5 : 0.34, blur: 3.2 },
      );
      softFill(
        brush,
        tapered(
          [
            [axis + side * n * 0.62, chin + 20],
            [axis + side * n * 0.36, pitY - 22],
            [axis + side * 5, pitY],
          ],
          6,
        ),
        { color: skin.light, opacity: side > 0 ? 0.2 : 0.36, blur: 3 },
      );
      softFill(
        brush,
        tapered(
          [
            [axis + side * 9, pitY + 7],
            [axis + side * n * 1.3, pitY + 10],
            [axis + side * n * 2.3, pitY - 1],
          ],
          7,
        ),
        { color: mix(skin.shadow, skin.deep, 0.25), opacity: 0.5, blur: 2.6, dx: 0, dy: 4 },
      );
      softFill(
        brush,
        tapered(
          [
            [axis + side * 9, pitY + 5],
            [axis + side * n * 1.3, pitY + 7],
            [axis + side * n * 2.3, pitY - 4],
          ],
          6,
        ),
        { color: skin.light, opacity: side > 0 ? 0.34 : 0.5, blur: 2.2 },
      );
    }
    glow(brush, [axis, pitY + 4], [13, 9], { color: mix(skin.shadow, skin.deep, 0.3), opacity: 0.4 });
    if (look.gender === 'man') {
      glow(brush, [axis + 2, pitY - 32], [8, 12], { color: skin.shadow, opacity: 0.5 });
      glow(brush, [axis - 3, pitY - 35], [5, 8], { color: skin.light, opacity: 0.4 });
    }
    if (look.age !== 'young')
      for (const dy of [-38, -22])
        line(
          brush,
          smooth([
            [axis - n * 0.7, pitY + dy],
            [axis, pitY + dy + 5],
            [axis + n * 0.7, pitY + dy],
          ]),
          { color: skin.shadow, opacity: 0.4, width: 1.4 },
        );
  });
}
