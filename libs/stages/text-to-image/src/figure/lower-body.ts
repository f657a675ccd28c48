import type { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import type { Anatomy, Leg } from './anatomy.ts';
import {
  fill,
  glow,
  line,
  ontoPainted,
  ramp,
  roundForm,
  softFill,
  softStroke,
  within,
  type Brush,
  type Point,
} from './brush.ts';
import { css, lighten, mix } from './color.ts';
import { appendSmooth, mirrored, smooth, tapered, tube } from './curves.ts';
import { fold, paintCloth, ribs, seam, type Weave } from './fabric.ts';
import { SHADOWS, type Cloth, type Skin } from './palette.ts';

/** Both legs bare, from the hip down; a skirt hides what it hides. */
export function paintBareLegs(brush: Brush, anatomy: Anatomy, skin: Skin): void {
  for (const leg of [anatomy.rightLeg, anatomy.leftLeg]) {
    const side = leg.hip[0] > anatomy.axis ? 1 : -1;
    const calf: Point = [leg.knee[0] + side * 2 + (leg.ankle[0] - leg.knee[0]) * 0.35, leg.knee[1] + 118];
    const shape = tube(
      [
        leg.hip,
        [(leg.hip[0] + leg.knee[0]) / 2 + side * 2, 900],
        leg.knee,
        calf,
        leg.ankle,
        [leg.ankle[0] + side * 4, leg.ankle[1] + 34],
      ],
      [leg.radii[0], leg.radii[1], leg.radii[2] * 0.94, leg.radii[3], leg.radii[4] * 0.96, leg.radii[4] * 1.05],
      { cap: 0.3 },
    );
    fill(
      brush,
      shape.path,
      ramp(
        brush,
        [leg.knee[0] - 44, 1000],
        [leg.knee[0] + 44, 1010],
        [css(mix(skin.base, skin.light, 0.4)), css(skin.base), css(mix(skin.base, skin.shadow, 0.8))],
      ),
    );
    roundForm(brush, shape.path, { dark: skin.shadow, light: skin.light, depth: 26 });
    within(brush, shape.path, () => {
      glow(brush, [leg.knee[0] - 5, leg.knee[1] - 6], [20, 24], { color: skin.light, opacity: 0.5 });
      glow(brush, [leg.knee[0] + 5, leg.knee[1] + 19], [27, 11], { color: skin.shadow, opacity: 0.72 });
      glow(brush, [leg.knee[0], leg.knee[1]], [24, 24], { color: skin.blush, opacity: 0.24 });
      glow(brush, [leg.knee[0] - 12, leg.knee[1] + 130], [8, 96], { color: skin.light, opacity: 0.5 });
      for (const edge of [-1, 1])
        glow(brush, [leg.ankle[0] + edge * 17, leg.ankle[1] - 2], [7, 8], {
          color: edge < 0 ? skin.light : skin.shadow,
          opacity: 0.55,
        });
      softStroke(brush, shape.path, { color: mix(skin.shadow, skin.deep, 0.5), opacity: 0.5, width: 2.6, blur: 1 });
    });
  }
}

export type TrouserCut = 'straight' | 'slim' | 'jogger' | 'tailored';

/** Trousers from waist to ankle. */
export function paintTrousers(
  brush: Brush,
  anatomy: Anatomy,
  cloth: Cloth,
  cut: TrouserCut,
  weave: Weave,
  random: Draws,
): void {
  const { axis, waistHalf, waistY, hipHalf, hipY, crotchY } = anatomy;
  const hemHalf = { straight: 38, slim: 31, jogger: 28, tailored: 37 }[cut];
  const ease = cut === 'slim' ? 3 : 7;
  const legPath = (leg: Leg): Path2D => {
    const side = leg.hip[0] > axis ? 1 : -1;
    const x = (value: number): number => axis + side * value;
    const kneeX = Math.abs(leg.knee[0] - axis);
    const ankleX = Math.abs(leg.ankle[0] - axis);
    const bottom = cut === 'jogger' ? 1396 : 1414;
    const outer: Point[] = [
      [x(waistHalf + 2), waistY + 24],
      [x(hipHalf + 2), hipY],
      [x(kneeX + leg.radii[1] + ease + 4), 880],
      [x(kneeX + leg.radii[2] + ease), leg.knee[1]],
      [x(kneeX + leg.radii[3] * 0.92 + ease), leg.knee[1] + 120],
      [x(ankleX + hemHalf), bottom],
    ];
    const inner: Point[] = [
      [x(ankleX - hemHalf), bottom - 2],
      [x(kneeX - leg.radii[3] * 0.9 - ease), leg.knee[1] + 120],
      [x(kneeX - leg.radii[2] - ease * 0.8), leg.knee[1]],
      [x(Math.max(3, kneeX - leg.radii[1] - ease)), 880],
      [x(2), crotchY + 26],
      [x(-4), crotchY - 4],
      [x(-5), (crotchY + waistY) / 2],
      [x(-5), waistY + 20],
    ];
    const path = smooth(outer);
    appendSmooth(path, [outer[outer.length - 1], [x(ankleX), bottom + 4], inner[0]], false, true);
    appendSmooth(path, inner, false, true);
    path.closePath();
    return path;
  };
  for (const leg of [anatomy.rightLeg, anatomy.leftLeg]) {
    const side = leg.hip[0] > axis ? 1 : -1;
    const path = legPath(leg);
    ontoPainted(brush, () => softFill(brush, path, { color: SHADOWS.tailoring, opacity: 0.45, blur: 6, dx: 2, dy: 5 }));
    paintCloth(brush, path, cloth, {
      box: { x: leg.hip[0] - 120, y: waistY, width: 240, height: 840 },
      weave,
      depth: 26,
    });
    within(brush, path, () => {
      const kx = leg.knee[0];
      const ax = leg.ankle[0];
      // pulls from the crotch, the break above the knee, slack over the shoe
      for (const [y, reach, drop] of [
        [crotchY - 8, 62, -18],
        [crotchY + 12, 76, 4],
        [crotchY + 38, 70, 34],
      ])
        fold(
          brush,
          cloth,
          [
            [axis + side * 4, y],
            [axis + side * reach * 0.55, y + drop * 0.3],
            [axis + side * reach, y + drop],
          ],
          { width: 9, strength: 0.8 },
        );
      for (const dy of [-26, -4, 22])
        fold(
          brush,
          cloth,
          [
            [kx + side * 40, leg.knee[1] + dy],
            [kx + side * 10, leg.knee[1] + dy + 9 + random.around(4)],
            [kx - side * 22, leg.knee[1] + dy + 2],
          ],
          { width: 8, strength: 0.62 },
        );
      const slack = cut === 'jogger' ? [-150, -70, -34, -12] : [-130, -74, -40, -16];
      for (const dy of slack)
        fold(
          brush,
          cloth,
          [
            [ax - side * hemHalf, 1414 + dy],
            [ax, 1414 + dy + 13 + random.around(5)],
            [ax + side * hemHalf, 1414 + dy - 4],
          ],
          { width: 8, strength: 0.75 },
        );
      glow(brush, [kx - 12, 960], [14, 120], { color: cloth.light, opacity: 0.34 });
      glow(brush, [kx - 9, leg.knee[1] + 8], [20, 20], { color: cloth.light, opacity: 0.3 });
      if (cut === 'tailored') {
        const pleat: Point[] = [
          [leg.hip[0] + side * 2, 740],
          [kx + 1, leg.knee[1]],
          [ax + side * 2, 1428],
        ];
        softFill(
          brush,
          tapered(
            pleat.map(([px, py]): Point => [px + 5, py]),
            11,
            { start: 0.4, end: 0.6 },
          ),
          { color: cloth.shadow, opacity: 0.55, blur: 3 },
        );
        line(brush, smooth(pleat), { color: cloth.light, opacity: 0.6, width: 1.5 });
      } else {
        seam(
          brush,
          cloth,
          [
            [axis + side * (hipHalf - 16), hipY + 10],
            [leg.knee[0] + side * (leg.radii[2] + 1), leg.knee[1]],
            [leg.ankle[0] + side * (hemHalf - 7), 1418],
          ],
          false,
        );
      }
      if (cut === 'jogger') return;
      seam(
        brush,
        cloth,
        [
          [ax - hemHalf - 2, 1405],
          [ax, 1409],
          [ax + hemHalf + 2, 1405],
        ],
        weave === 'denim',
      );
    });
    if (cut === 'jogger') {
      const band = tube(
        [
          [ax(leg), 1392],
          [ax(leg), 1416],
        ],
        [hemHalf + 1, hemHalf - 4],
        { cap: 0.1 },
      ).path;
      paintCloth(brush, band, cloth, {
        box: { x: ax(leg) - 40, y: 1380, width: 80, height: 50 },
        weave: 'plain',
        depth: 8,
      });
      ribs(brush, band, cloth, {
        from: [
          [ax(leg) - hemHalf, 1390],
          [ax(leg) + hemHalf, 1390],
        ],
        to: [
          [ax(leg) - hemHalf + 4, 1420],
          [ax(leg) + hemHalf - 4, 1420],
        ],
        count: 15,
      });
    }
  }
  // shade between the legs, fly, pockets
  ontoPainted(brush, () => {
    glow(brush, [axis, crotchY + 40], [16, 96], { color: cloth.deep, opacity: 0.72 });
    seam(
      brush,
      cloth,
      [
        [axis, waistY + 40],
        [axis + 1, crotchY - 20],
        [axis - 1, crotchY + 10],
      ],
      weave === 'denim',
    );
    for (const side of [-1, 1])
      seam(
        brush,
        cloth,
        [
          [axis + side * waistHalf * 0.62, waistY + 64],
          [axis + side * hipHalf * 0.78, hipY - 22],
          [axis + side * (hipHalf - 2), hipY + 2],
        ],
        weave === 'denim',
      );
  });
}

function ax(leg: Leg): number {
  return leg.ankle[0];
}

/** A skirt from the waist to `hemY`, straight or flared, with falls of cloth. Also the lower half of a dress. */
export function paintSkirt(
  brush: Brush,
  anatomy: Anatomy,
  cloth: Cloth,
  weave: Weave,
  hemY: number,
  flare: number,
  random: Draws,
): void {
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

export type ShoeKind = 'sneaker' | 'oxford' | 'flat';

/** Shoes seen from the front and a little from above, toes turned out. */
export function paintShoes(brush: Brush, anatomy: Anatomy, kind: ShoeKind, cloth: Cloth): void {
  const upper =
    kind === 'sneaker'
      ? {
          base: { r: 236, g: 233, b: 226 },
          shadow: { r: 168, g: 164, b: 172 },
          deep: { r: 92, g: 88, b: 100 },
          light: { r: 255, g: 255, b: 252 },
        }
      : kind === 'oxford'
        ? {
            base: { r: 66, g: 41, b: 30 },
            shadow: { r: 38, g: 24, b: 20 },
            deep: { r: 16, g: 10, b: 10 },
            light: { r: 138, g: 96, b: 72 },
          }
        : {
            base: mix(cloth.base, { r: 40, g: 28, b: 34 }, 0.5),
            shadow: mix(cloth.shadow, { r: 20, g: 12, b: 18 }, 0.6),
            deep: { r: 18, g: 10, b: 14 },
            light: lighten(cloth.light, 0.2),
          };
  const { floorY, axis } = anatomy;
  for (const leg of [anatomy.rightLeg, anatomy.leftLeg]) {
    const side = leg.hip[0] > axis ? 1 : -1;
    const x = (value: number): number => leg.ankle[0] + side * (value * 1.14 - 1);
    const low = kind === 'flat';
    const outline: Point[] = low
      ? [
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
        ]
      : [
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
    const path = smooth(outline, true);
    fill(
      brush,
      path,
      ramp(
        brush,
        [x(0) - 36, 1400],
        [x(0) + 40, 1470],
        [css(mix(upper.base, upper.light, 0.5)), css(upper.base), css(mix(upper.base, upper.shadow, 0.8))],
      ),
    );
    within(brush, path, () => {
      softStroke(brush, path, { color: upper.shadow, opacity: 0.9, width: 16, blur: 6, dx: 4, dy: -1 });
      softStroke(brush, path, { color: upper.deep, opacity: 0.5, width: 4, blur: 1.6 });
      glow(brush, [x(8) - 8, floorY - 26], [18, 10], { color: upper.light, opacity: kind === 'sneaker' ? 0.6 : 0.75 });
      if (!low) {
        const tongue = smooth(
          [
            [x(-12), 1392],
            [x(-9), 1424],
            [x(8), 1436],
            [x(22), 1424],
            [x(16), 1392],
          ],
          true,
        );
        fill(brush, tongue, css(mix(upper.base, upper.shadow, 0.35)));
        softStroke(brush, tongue, { color: upper.deep, opacity: 0.55, width: 2, blur: 1 });
        for (let lace = 0; lace < 4; lace++) {
          const y = 1402 + lace * 9;
          line(
            brush,
            smooth([
              [x(-11 + lace * 1.5), y],
              [x(4 + lace), y + 4],
              [x(18 + lace), y],
            ]),
            {
              color: kind === 'sneaker' ? upper.light : upper.light,
              opacity: kind === 'sneaker' ? 1 : 0.5,
              width: kind === 'sneaker' ? 3 : 2,
            },
          );
          line(
            brush,
            smooth([
              [x(-11 + lace * 1.5), y + 1.8],
              [x(4 + lace), y + 5.8],
              [x(18 + lace), y + 1.8],
            ]),
            { color: upper.deep, opacity: 0.4, width: 1 },
          );
        }
        line(
          brush,
          smooth([
            [x(-26), 1444],
            [x(4), 1440],
            [x(42), 1446],
          ]),
          { color: upper.deep, opacity: 0.45, width: 1.3 },
        );
      } else {
        glow(brush, [x(4), 1430], [18, 9], { color: upper.deep, opacity: 0.7 });
      }
    });
    const sole = smooth(
      [
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
      ],
      true,
    );
    fill(brush, sole, css(kind === 'sneaker' ? { r: 214, g: 209, b: 202 } : upper.deep));
    within(brush, sole, () =>
      softStroke(brush, sole, { color: { r: 40, g: 34, b: 40 }, opacity: 0.5, width: 3, blur: 1.4, dy: -1 }),
    );
  }
}
