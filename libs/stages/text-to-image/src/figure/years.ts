import { glow, softFill, type Brush, type Point } from './brush.ts';
import { mix, type Color } from './color.ts';
import { mirrored, tapered } from './curves.ts';
import type { Sitter } from './sitter.ts';
/** Lines that years leave: crow's feet, forehead, bags, mouth. */
export function paintYears(brush: Brush, sitter: Sitter): void {
  for (const side of [1, -1] as const) linesOfSide(brush, sitter, side);
  paintForehead(brush, sitter);
}

/** How deep the lines are, 0 … 1, and their color. */
function depthOf({ look, skin }: Sitter): { much: number; dark: Color } {
  return { much: look.age === 'older' ? 0.9 : 0.32, dark: mix(skin.shadow, skin.deep, 0.45) };
}

function linesOfSide(brush: Brush, sitter: Sitter, side: 1 | -1): void {
  const { skin } = sitter;
  const { face } = sitter.anatomy;
  const { much, dark } = depthOf(sitter);
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

/** Three lines across the forehead and two between the brows. */
function paintForehead(brush: Brush, sitter: Sitter): void {
  const { skin } = sitter;
  const { face } = sitter.anatomy;
  const { much, dark } = depthOf(sitter);
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
