import type { Path2D } from '@napi-rs/canvas';
import type { Anatomy } from './anatomy.ts';
import { fill, glow, line, ramp, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix, type Color } from './color.ts';
import { smooth } from './curves.ts';
import { shoeColorsOf, SOLE_EDGE, type Cloth, type ShoeKind } from './palette.ts';
/** A shoe of one foot: where its points lie on the page. */
interface Shoe {
  readonly kind: ShoeKind;
  readonly upper: Cloth;
  /** page x of a distance outward from the ankle, in units of a shoe */
  readonly x: (outward: number) => number;
  readonly floorY: number;
}

/** Shoes seen from the front and a little from above, toes turned out. */
export function paintShoes(brush: Brush, anatomy: Anatomy, kind: ShoeKind, cloth: Cloth): void {
  const { upper, sole } = shoeColorsOf(kind, cloth);
  const { floorY, axis } = anatomy;
  for (const leg of [anatomy.rightLeg, anatomy.leftLeg]) {
    const side = leg.hip[0] > axis ? 1 : -1;
    const x = (outward: number): number => leg.ankle[0] + side * (outward * 1.14 - 1);
    const shoe: Shoe = { kind, upper, x, floorY };
    paintUpper(brush, shoe);
    paintSole(brush, shoe, sole);
  }
}

function paintUpper(brush: Brush, shoe: Shoe): void {
  const { kind, upper, x, floorY } = shoe;
  const path = smooth(kind === 'flat' ? flatOutline(shoe) : closedOutline(shoe), true);
  const light = ramp(
    brush,
    [x(0) - 36, 1400],
    [x(0) + 40, 1470],
    [css(mix(upper.base, upper.light, 0.5)), css(upper.base), css(mix(upper.base, upper.shadow, 0.8))],
  );
  fill(brush, path, light);
  within(brush, path, () => {
    softStroke(brush, path, { color: upper.shadow, opacity: 0.9, width: 16, blur: 6, dx: 4, dy: -1 });
    softStroke(brush, path, { color: upper.deep, opacity: 0.5, width: 4, blur: 1.6 });
    glow(brush, [x(8) - 8, floorY - 26], [18, 10], { color: upper.light, opacity: kind === 'sneaker' ? 0.6 : 0.75 });
    if (kind === 'flat') glow(brush, [x(4), 1430], [18, 9], { color: upper.deep, opacity: 0.7 });
    else paintLacing(brush, shoe);
  });
}

function flatOutline({ x, floorY }: Shoe): Point[] {
  return [
    [x(-21), 1420],
    [x(-20), floorY - 14],
    [x(-10), floorY - 2],
    [x(14), floorY],
    [x(34), floorY - 4],
    [x(42), floorY - 16],
    [x(34), 1434],
    [x(25), 1416],
    [x(16), 1424],
    [x(6), 1434],
    [x(-6), 1432],
    [x(-14), 1424],
  ];
}

function closedOutline({ x, floorY }: Shoe): Point[] {
  return [
    [x(-25), 1396],
    [x(-28), 1424],
    [x(-29), floorY - 16],
    [x(-20), floorY - 3],
    [x(12), floorY],
    [x(38), floorY - 3],
    [x(48), floorY - 18],
    [x(40), 1434],
    [x(29), 1412],
    [x(26), 1394],
    [x(2), 1388],
  ];
}

/** Tongue, laces and the seam of the toe cap. */
function paintLacing(brush: Brush, { kind, upper, x }: Shoe): void {
  const tongue: Point[] = [
    [x(-12), 1392],
    [x(-9), 1424],
    [x(8), 1436],
    [x(22), 1424],
    [x(16), 1392],
  ];
  const path = smooth(tongue, true);
  fill(brush, path, css(mix(upper.base, upper.shadow, 0.35)));
  softStroke(brush, path, { color: upper.deep, opacity: 0.55, width: 2, blur: 1 });
  const lace = kind === 'sneaker' ? { opacity: 1, width: 3 } : { opacity: 0.5, width: 2 };
  for (let index = 0; index < 4; index++) {
    const y = 1402 + index * 9;
    const across = (drop: number): Path2D =>
      smooth([
        [x(-11 + index * 1.5), y + drop],
        [x(4 + index), y + 4 + drop],
        [x(18 + index), y + drop],
      ]);
    line(brush, across(0), { color: upper.light, ...lace });
    line(brush, across(1.8), { color: upper.deep, opacity: 0.4, width: 1 });
  }
  const cap: Point[] = [
    [x(-26), 1444],
    [x(4), 1440],
    [x(42), 1446],
  ];
  line(brush, smooth(cap), { color: upper.deep, opacity: 0.45, width: 1.3 });
}

function paintSole(brush: Brush, { kind, x, floorY }: Shoe, color: Color): void {
  const low = kind === 'flat';
  const outline: Point[] = [
    [x(low ? -20 : -29), floorY - 12],
    [x(-18), floorY - 5],
    [x(12), floorY - 3],
    [x(36), floorY - 6],
    [x(low ? 42 : 48), floorY - 15],
    [x(low ? 41 : 47), floorY - 7],
    [x(36), floorY + 1],
    [x(10), floorY + 3],
    [x(-20), floorY + 1],
    [x(low ? -21 : -30), floorY - 6],
  ];
  const sole = smooth(outline, true);
  fill(brush, sole, css(color));
  within(brush, sole, () => softStroke(brush, sole, { color: SOLE_EDGE, opacity: 0.5, width: 3, blur: 1.4, dy: -1 }));
}
