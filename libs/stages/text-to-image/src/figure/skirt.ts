import type { Draws } from '@soliloquy/random';
import type { Anatomy } from './anatomy.ts';
import { line, ontoPainted, softFill, within, type Brush, type Point } from './brush.ts';
import { appendSmooth, mirrored, smooth, tapered } from './curves.ts';
import { fold, paintCloth, type Weave } from './fabric.ts';
import { SHADOWS, type Cloth } from './palette.ts';
/** How a skirt is cut, design units. */
export interface Skirt {
  readonly cloth: Cloth;
  readonly weave: Weave;
  readonly hemY: number;
  /** half width at the hem beyond that of the hips; above 20 it falls in waves */
  readonly flare: number;
}

/** A skirt from the waist to `hemY`, straight or flared, with falls of cloth. Also the lower half of a dress. */
export function paintSkirt(brush: Brush, anatomy: Anatomy, { cloth, weave, hemY, flare }: Skirt, random: Draws): void {
  const { axis, waistHalf, waistY, hipHalf, hipY } = anatomy;
  const half = hipHalf + flare;
  const right: Point[] = [
    [axis + waistHalf + 3, waistY - 4],
    [axis + waistHalf + 9, waistY + 34],
    [axis + hipHalf + 6, hipY + 4],
    [axis + hipHalf + 6 + flare * 0.45, (hipY + hemY) / 2],
    [axis + half, hemY - 6],
  ];
  const waves = flare > 20 ? 7 : 3;
  const hem: Point[] = Array.from({ length: waves * 2 + 1 }, (_, index): Point => {
    const t = index / (waves * 2);
    return [
      axis + half - 2 * half * t,
      hemY + 9 * Math.sin(t * Math.PI) + (index % 2 === 0 ? 4 : -3) * (flare > 20 ? 1 : 0.2),
    ];
  });
  const path = smooth(right);
  appendSmooth(path, hem, false, true);
  appendSmooth(path, mirrored(right, axis).reverse(), false, true);
  path.closePath();
  ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.skirt, opacity: 0.6, blur: 9, dx: 3, dy: 16 }));
  paintCloth(brush, path, cloth, {
    box: { x: axis - half - 4, y: waistY - 8, width: 2 * half + 8, height: hemY - waistY + 26 },
    weave,
    depth: 34,
  });
  within(brush, path, () => {
    const falls = flare > 20 ? 9 : 5;
    for (let index = 0; index < falls; index++) {
      const t = (index + 0.5) / falls + random.around(0.03);
      const top: Point = [axis + waistHalf * (2 * t - 1) * 0.9, waistY + random.between(10, 70)];
      const bottom: Point = [axis + half * (2 * t - 1) * 0.96, hemY + 10];
      const middle: Point = [axis + (hipHalf + flare * 0.3) * (2 * t - 1) * 0.95, (hipY + hemY) / 2];
      softFill(brush, tapered([top, middle, bottom], flare > 20 ? 30 : 16, { peak: 0.9, end: 0.7 }), {
        color: cloth.shadow,
        opacity: 0.72,
        blur: 6,
      });
      softFill(brush, tapered([top, middle, bottom], 8, { peak: 0.85, end: 0.5 }), {
        color: cloth.deep,
        opacity: 0.42,
        blur: 2.2,
        dx: 7,
      });
      softFill(brush, tapered([top, middle, bottom], flare > 20 ? 20 : 12, { peak: 0.9, end: 0.7 }), {
        color: cloth.light,
        opacity: 0.46,
        blur: 5,
        dx: flare > 20 ? -24 : -16,
      });
    }
    for (const side of [-1, 1])
      fold(
        brush,
        cloth,
        [
          [axis + side * (hipHalf + 4), hipY - 40],
          [axis + side * hipHalf * 0.7, hipY - 34],
          [axis + side * hipHalf * 0.3, hipY - 42],
        ],
        { width: 7, strength: 0.55 },
      );
    line(brush, smooth(hem.map(([x, y]): Point => [x, y - 7])), { color: cloth.deep, opacity: 0.5, width: 1.2 });
  });
}
