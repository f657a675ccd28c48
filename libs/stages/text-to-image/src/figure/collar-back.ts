import type { Anatomy } from './anatomy.ts';
import { fill, type Brush } from './brush.ts';
import { css, mix } from './color.ts';
import { smooth } from './curves.ts';
import type { Cloth } from './palette.ts';
/** The stand of a collar, behind the neck. */
export function collarStand(brush: Brush, { axis, neckHalf: n, pitY }: Anatomy, cloth: Cloth): void {
  const stand = smooth(
    [
      [axis - n * 1.16, pitY + 4],
      [axis - n * 1.08, pitY - 34],
      [axis, pitY - 40],
      [axis + n * 1.08, pitY - 34],
      [axis + n * 1.16, pitY + 4],
      [axis, pitY + 16],
    ],
    true,
  );
  fill(brush, stand, css(mix(cloth.shadow, cloth.deep, 0.3)));
}

/** The inside of a top's back, seen behind the neck. */
export function neckBack(brush: Brush, { axis, neckHalf: n, pitY }: Anatomy, main: Cloth): void {
  const back = smooth(
    [
      [axis - n * 1.5, pitY - 8],
      [axis - n, pitY - 26],
      [axis, pitY - 29],
      [axis + n, pitY - 26],
      [axis + n * 1.5, pitY - 8],
      [axis, pitY + 8],
    ],
    true,
  );
  fill(brush, back, css(mix(main.shadow, main.deep, 0.35)));
}
