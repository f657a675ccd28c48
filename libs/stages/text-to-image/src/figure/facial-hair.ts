import type { Path2D } from '@napi-rs/canvas';
import { namedDraws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { fill, softFill, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { smooth, symmetric, tapered } from './curves.ts';
import type { HairColors } from './palette.ts';
import type { Sitter } from './sitter.ts';

/**
 * Stubble or beard: `under` is the tint of the skin and the roots, painted before the mouth; `over` the hairs that
 * stand over the jaw's edge, after it.
 */
export function paintBeard(
  brush: Brush,
  { anatomy: { face }, look, hair, skin, seed }: Sitter,
  layer: 'under' | 'over',
): void {
  const full = look.facialHair === 'beard';
  const { mouthY: m, mouthWidth: w, chin, jaw, jawHeight, noseBase, cheek } = face;
  const right: Point[] = [
    [0, m + face.lowerLip + 7],
    [w * 0.42, m + face.lowerLip + 6],
    [w * 0.86, m + 12],
    [w + 6, m + 2],
    [w * 0.9, m - 9],
    [w * 0.46, m - face.upperLip - 5],
    [w * 0.16, m - face.upperLip - 4.4],
    [w * 0.2, noseBase + 8],
    [w * 0.6, noseBase + 8],
    [w + 9, m - 9],
    [w + 20, m - 4],
    [cheek * 0.8, 36],
    [cheek * 0.93, 4],
    [cheek + 3, -6],
    [cheek + 2, 40],
    [jaw + 4, jawHeight + 6],
    [face.chinWidth + 10, chin + 6],
    [0, chin + 8],
  ];
  const area = smooth(symmetric(right, 0), true);
  const random = namedDraws(seed, `beard ${layer}`);
  if (layer === 'under') {
    softFill(brush, area, {
      color: mix(hair.brow, skin.shadow, full ? 0.15 : 0.5),
      opacity: full ? 0.86 : 0.36,
      blur: full ? 3 : 5,
    });
    // moustache: from the groove of the lip outwards
    if (full)
      for (const side of [1, -1])
        softFill(
          brush,
          tapered(
            [
              [side * 2, noseBase + 12],
              [side * w * 0.5, m - face.upperLip - 2],
              [side * (w + 4), m + 4],
            ],
            10,
            { peak: 0.4, start: 0.5 },
          ),
          { color: hair.brow, opacity: 0.8, blur: 1.6 },
        );
    within(brush, area, () => {
      for (let index = 0; index < (full ? 2600 : 1700); index++) {
        const x = (random.next() * 2 - 1) * (cheek + 6);
        const y = noseBase + 4 + random.next() * (chin + 8 - noseBase);
        hairAt(brush, [x, y], face, {
          length: full ? random.between(3, 6.5) : random.between(0.8, 1.7),
          width: full ? 0.75 : 0.7,
          color: css(full ? pick(hair, random.next()) : mix(hair.brow, skin.deep, 0.4), full ? 0.72 : 0.42),
          lean: random.around(0.35),
        });
      }
    });
    return;
  }
  for (let index = 0; index < 900; index++) {
    const angle = (random.next() * 2 - 1) * 1.42;
    const x = Math.sin(angle) * (jaw + 2) * random.between(0.88, 1.0);
    const y = jawHeight - 22 + Math.cos(angle) * (chin - jawHeight + 24) * random.between(0.8, 1) - 2;
    hairAt(brush, [x, y], face, {
      length: random.between(3, 6.5),
      width: 0.7,
      color: css(pick(hair, random.next()), 0.66),
      lean: random.around(0.3),
    });
  }
}

function pick(hair: HairColors, chance: number): ReturnType<typeof mix> {
  return chance < 0.55 ? mix(hair.brow, hair.dark, 0.5) : chance < 0.86 ? hair.base : hair.light;
}

interface BeardHair {
  readonly length: number;
  readonly width: number;
  readonly color: string;
  /** radians away from the direction of growth */
  readonly lean: number;
}

/** One hair that grows down and away from the middle of the mouth. */
function hairAt(brush: Brush, [x, y]: Point, face: FaceShape, { length, width, color, lean }: BeardHair): void {
  const direction = Math.atan2(x * 0.5, Math.max(14, y - face.noseBase + 18)) + lean;
  const path: Path2D = tapered(
    [
      [x, y],
      [x + Math.sin(direction) * length * 0.5 - 0.4, y + Math.cos(direction) * length * 0.5],
      [x + Math.sin(direction * 0.8) * length, y + Math.cos(direction * 0.8) * length],
    ],
    width,
    { peak: 0.3, start: 0.6, steps: 2 },
  );
  fill(brush, path, color);
}
