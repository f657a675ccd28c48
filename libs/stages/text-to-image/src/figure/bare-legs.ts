import type { Anatomy } from './anatomy.ts';
import { fill, glow, ramp, roundForm, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { tube } from './curves.ts';
import type { Skin } from './palette.ts';
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
