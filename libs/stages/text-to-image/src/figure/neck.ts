import type { Path2D } from '@napi-rs/canvas';
import type { Anatomy } from './anatomy.ts';
import { fill, glow, line, ramp, softFill, softStroke, within, type Brush } from './brush.ts';
import { css, mix } from './color.ts';
import { smooth, symmetric, tapered } from './curves.ts';
import type { Sitter } from './sitter.ts';
/** Neck and the part of the chest that a neckline may show. Page coordinates. */
export function paintNeck(brush: Brush, sitter: Sitter): void {
  const { anatomy, look, skin } = sitter;
  const { axis, neckHalf: n, pitY } = anatomy;
  const path = outlineOf(anatomy);
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
    softStroke(brush, path, { color: skin.shadow, opacity: 0.8, width: 20, blur: 8, dx: 4 });
    jawShadow(brush, sitter);
    for (const side of [1, -1] as const) paintCords(brush, sitter, side);
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

function outlineOf({ axis, neckHalf: n, pitY, face, eyeY, shoulderHalf }: Anatomy): Path2D {
  const chin = eyeY + face.chin;
  return smooth(
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
}

/** The shadow that the jaw throws. */
function jawShadow(brush: Brush, { anatomy, skin }: Sitter): void {
  const { axis, face, eyeY } = anatomy;
  const chin = eyeY + face.chin;
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
}

/** The cord that comes down to the pit of the neck, and the collarbone. */
function paintCords(brush: Brush, { anatomy, skin }: Sitter, side: 1 | -1): void {
  const { axis, neckHalf: n, pitY, face, eyeY } = anatomy;
  const chin = eyeY + face.chin;
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
