import { Path2D } from '@napi-rs/canvas';
import { namedDraws, type Draws } from '@soliloquy/random';
import { fill, glow, line, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { brightness, css, hex, lighten, mix, type Color } from './color.ts';
import { ellipse, polygon, smooth, tapered } from './curves.ts';
import type { Sitter } from './sitter.ts';

/** Part of the page in design units that is seen: larger than the design page where the picture's aspect differs. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const WALLS = ['#d8cfc2', '#c3cbc8', '#d9c3b0', '#b9c2cc', '#cfc7d1', '#c9cdb9'];

/**
 * A quiet room: plastered wall with lamp light and a panel, skirting board, wooden floor, a picture, a plant, and the
 * figure's shadow on the floor.
 */
export function paintRoom(brush: Brush, { anatomy, clothes, seed }: Sitter, view: View): void {
  const random = namedDraws(seed, 'room');
  const worn = clothes.main.base;
  // the wall that differs most from what is worn
  const wall = WALLS.map(hex)
    .map((color) => ({ color, far: distance(color, worn) + random.next() * 40 }))
    .sort((a, b) => b.far - a.far)[0].color;
  const floorLine = anatomy.floorY - 118;
  const width = view.right - view.left;
  const all = new Path2D();
  all.rect(view.left, view.top, width, floorLine - view.top);
  fill(
    brush,
    all,
    ramp(
      brush,
      [view.left, view.top],
      [view.right, floorLine],
      [css(lighten(wall, 0.14)), css(wall), css(mix(wall, hex('#6d6470'), 0.24))],
    ),
  );
  within(brush, all, () => {
    plaster(brush, wall, { ...view, bottom: floorLine }, random);
    panelling(brush, wall, view, floorLine);
    glow(brush, [400, 420], [620, 760], { color: hex('#fff3df'), opacity: 0.42 });
    glow(brush, [512, 700], [420, 700], { color: lighten(wall, 0.4), opacity: 0.28 });
    windowLight(brush, view);
    picture(brush, wall, [800, 250], random);
    glow(brush, [view.right + 40, floorLine], [360, 900], { color: mix(wall, hex('#3c3444'), 0.6), opacity: 0.4 });
    glow(brush, [view.left - 60, view.top], [320, 700], { color: mix(wall, hex('#3c3444'), 0.6), opacity: 0.24 });
  });
  floor(brush, wall, { ...view, top: floorLine }, random);
  plant(brush, 120, floorLine + 34, random);
  // the figure's shadow: contact under the soles, a long soft one away from the lamp
  for (const leg of [anatomy.rightLeg, anatomy.leftLeg]) {
    glow(brush, [leg.ankle[0] + (leg.hip[0] > anatomy.axis ? 10 : -8), anatomy.floorY - 2], [66, 13], {
      color: hex('#120c0c'),
      opacity: 0.75,
    });
    glow(brush, [leg.ankle[0] + 40, anatomy.floorY + 2], [150, 26], { color: hex('#1c1210'), opacity: 0.45 });
  }
  glow(brush, [anatomy.axis + 90, anatomy.floorY - 4], [330, 46], { color: hex('#1c1210'), opacity: 0.42 });
}

function distance(a: Color, b: Color): number {
  return Math.abs(brightness(a) - brightness(b)) * 255 + Math.abs(a.r - b.r) * 0.3 + Math.abs(a.b - b.b) * 0.3;
}

/** Brush marks of the plaster, barely there. */
function plaster(brush: Brush, wall: Color, view: View, random: Draws): void {
  for (let index = 0; index < 520; index++) {
    const x = view.left + random.next() * (view.right - view.left);
    const y = view.top + random.next() * (view.bottom - view.top);
    const length = random.between(30, 150);
    const angle = random.around(1.4);
    const mark = tapered(
      [
        [x, y],
        [x + Math.cos(angle) * length * 0.5, y + Math.sin(angle) * length * 0.5 + random.around(8)],
        [x + Math.cos(angle) * length, y + Math.sin(angle) * length],
      ],
      random.between(6, 26),
      { steps: 3 },
    );
    fill(brush, mark, css(random.next() < 0.5 ? lighten(wall, 0.4) : mix(wall, hex('#70635c'), 0.5), 0.035));
  }
}

function panelling(brush: Brush, wall: Color, view: View, floorLine: number): void {
  const dark = mix(wall, hex('#4f4650'), 0.5);
  const light = lighten(wall, 0.5);
  const rail = floorLine - 420;
  const strip = (y: number, height: number): void => {
    const path = new Path2D();
    path.rect(view.left, y, view.right - view.left, height);
    fill(brush, path, ramp(brush, [0, y], [0, y + height], [css(light, 0.75), css(wall, 0.6), css(dark, 0.6)]));
    softStroke(
      brush,
      smooth([
        [view.left, y + height + 3],
        [view.right, y + height + 3],
      ]),
      { color: dark, opacity: 0.4, width: 6, blur: 3 },
    );
  };
  strip(rail, 16);
  for (let x = -330; x < 1400; x += 268) {
    if (x + 230 < view.left || x > view.right) continue;
    const frame = new Path2D();
    frame.rect(x, rail + 52, 230, 292);
    softStroke(brush, frame, { color: dark, opacity: 0.4, width: 7, blur: 2.6, dx: 2, dy: 2 });
    line(brush, frame, { color: light, opacity: 0.55, width: 4 });
    line(brush, frame, { color: dark, opacity: 0.35, width: 1.4 });
  }
  strip(floorLine - 46, 46);
  line(
    brush,
    smooth([
      [view.left, floorLine - 36],
      [view.right, floorLine - 36],
    ]),
    { color: dark, opacity: 0.4, width: 1.5 },
  );
}

/** Light of a window out of sight, with the shadow of its bars. */
function windowLight(brush: Brush, view: View): void {
  for (let column = 0; column < 2; column++) {
    for (let row = 0; row < 3; row++) {
      const x = view.left + 70 + column * 128;
      const y = 150 + row * 190 + column * 44;
      const pane = polygon([
        [x, y],
        [x + 108, y + 37],
        [x + 108, y + 207],
        [x, y + 170],
      ]);
      softFill(brush, pane, { color: hex('#fff4d9'), opacity: 0.34, blur: 5 });
    }
  }
}

/** A framed abstract landscape. */
function picture(brush: Brush, wall: Color, [x, y]: Point, random: Draws): void {
  const [w, h] = [178, 236];
  const outer = new Path2D();
  outer.rect(x, y, w, h);
  softFill(brush, outer, { color: hex('#2a2026'), opacity: 0.55, blur: 11, dx: 9, dy: 13 });
  fill(brush, outer, css(hex('#4b372b')));
  softStroke(brush, outer, { color: hex('#8c6a50'), opacity: 0.8, width: 4, blur: 1, dx: -1, dy: -1 });
  const mat = new Path2D();
  mat.rect(x + 9, y + 9, w - 18, h - 18);
  fill(brush, mat, css(hex('#f1ece2')));
  const art = new Path2D();
  art.rect(x + 34, y + 38, w - 68, h - 76);
  fill(
    brush,
    art,
    ramp(
      brush,
      [x, y + 38],
      [x, y + h - 38],
      [css(hex('#e9d3b4')), css(hex('#d6a887')), css(mix(wall, hex('#8a5a56'), 0.7))],
    ),
  );
  within(brush, art, () => {
    glow(brush, [x + random.between(70, 110), y + 88], [30, 30], { color: hex('#f7ead0'), opacity: 0.95 });
    for (const [level, color] of [
      [132, '#7f8f8b'],
      [152, '#5c7272'],
      [174, '#3f4f55'],
    ] as const) {
      const hill = smooth(
        [
          [x + 20, y + h],
          [x + 24, y + level + random.around(10)],
          [x + 62, y + level - 16 + random.around(10)],
          [x + 104, y + level + random.around(12)],
          [x + w - 20, y + level - 10 + random.around(10)],
          [x + w - 10, y + h],
        ],
        true,
      );
      fill(brush, hill, css(hex(color), 0.92));
    }
  });
  softStroke(brush, mat, { color: hex('#2a2026'), opacity: 0.4, width: 3, blur: 1.4, dx: 1, dy: 1 });
}

function floor(brush: Brush, wall: Color, view: View, random: Draws): void {
  const { top } = view;
  const path = new Path2D();
  path.rect(view.left, top, view.right - view.left, view.bottom - top);
  const wood = mix(hex('#a67d5a'), wall, 0.18);
  fill(
    brush,
    path,
    ramp(brush, [0, top], [0, view.bottom], [css(mix(wood, hex('#5f4634'), 0.3)), css(wood), css(lighten(wood, 0.06))]),
  );
  within(brush, path, () => {
    // boards run to a vanishing point behind the figure
    const vanish: Point = [512, top - 560];
    const depth = view.bottom - vanish[1];
    for (let board = -26; board <= 26; board++) {
      const near = 512 + board * 92;
      const edgeLine = smooth([
        [vanish[0] + (near - vanish[0]) * ((top - vanish[1]) / depth), top],
        [near, view.bottom],
      ]);
      line(brush, edgeLine, { color: hex('#3f2a1e'), opacity: 0.42, width: 1.5 });
      for (let grain = 0; grain < 5; grain++) {
        const offset = near + random.between(6, 86);
        const t = random.between(0, 0.8);
        const from: Point = [
          vanish[0] + (offset - vanish[0]) * ((top + (view.bottom - top) * t - vanish[1]) / depth),
          top + (view.bottom - top) * t,
        ];
        const to: Point = [
          vanish[0] + (offset - vanish[0]) * ((top + (view.bottom - top) * (t + 0.2) - vanish[1]) / depth),
          top + (view.bottom - top) * (t + 0.2),
        ];
        line(brush, smooth([from, to]), {
          color: random.next() < 0.5 ? hex('#5b3d2a') : hex('#d2a983'),
          opacity: 0.2,
          width: random.between(0.8, 2),
        });
      }
    }
    glow(brush, [380, view.bottom], [560, 130], { color: hex('#ffe6bf'), opacity: 0.36 });
    softStroke(
      brush,
      smooth([
        [view.left, top],
        [view.right, top],
      ]),
      { color: hex('#2b1c16'), opacity: 0.7, width: 12, blur: 6 },
    );
  });
}

/** A rubber plant in a pot, at the edge. */
function plant(brush: Brush, x: number, y: number, random: Draws): void {
  glow(brush, [x + 16, y + 4], [100, 18], { color: hex('#1c1210'), opacity: 0.6 });
  const stems: { tip: Point; bend: Point }[] = [];
  for (let index = 0; index < 7; index++)
    stems.push({
      tip: [x + (index - 3) * 27 + random.around(12), y - 250 - random.between(0, 150) + Math.abs(index - 3) * 34],
      bend: [x + (index - 3) * 9, y - 170],
    });
  for (const { tip, bend } of stems)
    fill(brush, tapered([[x, y - 60], bend, tip], 7, { start: 0.9, end: 0.3 }), css(hex('#4a5637')));
  for (const { tip, bend } of stems) {
    for (let leaf = 0; leaf < 5; leaf++) {
      const t = 0.25 + leaf * 0.19;
      const at: Point = [bend[0] + (tip[0] - bend[0]) * t, bend[1] + (tip[1] - bend[1]) * t];
      const side = leaf % 2 === 0 ? 1 : -1;
      const angle = Math.atan2(tip[1] - bend[1], tip[0] - bend[0]) + side * random.between(0.35, 1.05);
      const length = random.between(50, 78) * (1 - t * 0.25);
      const end: Point = [at[0] + Math.cos(angle) * length, at[1] + Math.sin(angle) * length + 10];
      const middle: Point = [at[0] + Math.cos(angle) * length * 0.5, at[1] + Math.sin(angle) * length * 0.5 - 3];
      const color = mix(hex('#39573f'), random.next() < 0.5 ? hex('#6d8a5e') : hex('#27402f'), random.next() * 0.8);
      const shape = tapered([at, middle, end], 25, { peak: 0.5, steps: 8 });
      softFill(brush, shape, { color: hex('#141a14'), opacity: 0.3, blur: 3, dx: 3, dy: 5 });
      fill(brush, shape, ramp(brush, at, [at[0] + 20, at[1] + 24], [css(lighten(color, 0.2)), css(color)]));
      line(brush, smooth([at, middle, end]), { color: lighten(color, 0.35), opacity: 0.5, width: 1.1 });
    }
  }
  const pot = smooth(
    [
      [x - 54, y - 92],
      [x - 46, y - 20],
      [x - 34, y + 4],
      [x, y + 8],
      [x + 34, y + 4],
      [x + 46, y - 20],
      [x + 54, y - 92],
      [x, y - 84],
    ],
    true,
  );
  fill(
    brush,
    pot,
    ramp(brush, [x - 54, y], [x + 54, y], [css(hex('#d9cfc4')), css(hex('#c0b3a6')), css(hex('#7f736c'))]),
  );
  within(brush, pot, () => {
    softStroke(brush, pot, { color: hex('#4c423e'), opacity: 0.5, width: 12, blur: 6, dx: 5, dy: 0 });
    for (let row = 0; row < 5; row++)
      line(
        brush,
        smooth([
          [x - 56, y - 74 + row * 15],
          [x, y - 68 + row * 15],
          [x + 56, y - 74 + row * 15],
        ]),
        { color: hex('#8d8078'), opacity: 0.35, width: 1.4 },
      );
  });
  const soil = ellipse([x, y - 90], 50, 8, 0);
  fill(brush, soil, css(hex('#3a2b23')));
}
