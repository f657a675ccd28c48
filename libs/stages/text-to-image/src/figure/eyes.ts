import { Path2D } from '@napi-rs/canvas';
import { namedDraws, type Draws } from '@soliloquy/random';
import type { FaceShape } from './anatomy.ts';
import { fill, glow, line, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, hex, lighten, mix, type Color } from './color.ts';
import { ellipse, smooth, tapered } from './curves.ts';
import type { Skin } from './palette.ts';
import type { Sitter } from './sitter.ts';
import type { Look } from './vocabulary.ts';

/** Points of one eye in face units, x from the pupil towards the temple, y down. */
export interface EyeShape {
  readonly inner: Point;
  readonly outer: Point;
  readonly top: Point;
  readonly bottom: Point;
  readonly upperLid: readonly Point[];
  readonly lowerLid: readonly Point[];
}

export function eyeShapeOf(face: FaceShape): EyeShape {
  const half = face.eyeWidth / 2;
  const up = face.eyeOpen * 0.58;
  const down = face.eyeOpen * 0.42;
  const inner: Point = [-half, 2.6];
  const outer: Point = [half, 0.6 - face.eyeTilt];
  const top: Point = [-0.5, -up];
  const bottom: Point = [1.5, down];
  return {
    inner,
    outer,
    top,
    bottom,
    upperLid: [
      inner,
      [-half * 0.72, -up * 0.38],
      [-half * 0.4, -up * 0.86],
      top,
      [half * 0.42, -up * 0.86],
      [half * 0.78, -up * 0.46 - face.eyeTilt * 0.3],
      outer,
    ],
    lowerLid: [
      outer,
      [half * 0.66, down * 0.62],
      bottom,
      [-half * 0.45, down * 0.84],
      [-half * 0.8, down * 0.55 + 0.8],
      inner,
    ],
  };
}

const IRIS_BY_HAIR: Readonly<Record<Look['hairColour'], readonly string[]>> = {
  black: ['#3d2416', '#4b2d1a'],
  'dark brown': ['#4b2d1a', '#5d3b20', '#58623f'],
  chestnut: ['#6a4524', '#667048', '#4d6f77'],
  blond: ['#4d7390', '#5b7f8d', '#66784f'],
  red: ['#5a7d55', '#4d7390', '#7a5527'],
  grey: ['#5d7a8e', '#57443a'],
};

/** Both eyes with lids, lashes and brows. Origin of the brush: the face's axis on the line of the eyes. */
export function paintEyes(brush: Brush, sitter: Sitter): void {
  const { look, seed } = sitter;
  const { face } = sitter.anatomy;
  const darkSkinned = look.skinTone === 'dark' || look.skinTone === 'brown' || look.skinTone === 'olive';
  const iris = hex(
    darkSkinned
      ? namedDraws(seed, 'iris').pick(['#3a2114', '#4a2b18'])
      : namedDraws(seed, 'iris').pick(IRIS_BY_HAIR[look.hairColour]),
  );
  for (const side of [1, -1] as const) {
    const random = namedDraws(seed, `eye ${side}`);
    brush.ctx.save();
    brush.ctx.translate(side * face.eyeX, 0);
    brush.ctx.scale(side, 1);
    paintEye(brush, sitter, { shape: eyeShapeOf(face), iris, side }, random);
    brush.ctx.restore();
    brush.ctx.save();
    brush.ctx.scale(side, 1);
    paintBrow(brush, sitter, random);
    brush.ctx.restore();
  }
}

/** One eye: where its lids run, its color, and 1 for the one on the right of the page. */
interface Eye {
  readonly shape: EyeShape;
  readonly iris: Color;
  readonly side: 1 | -1;
}

/** Origin of the brush: the pupil; x towards the temple. */
function paintEye(brush: Brush, sitter: Sitter, eye: Eye, random: Draws): void {
  const { skin, look } = sitter;
  const woman = look.gender === 'woman';
  const opening = openingOf(eye.shape);
  paintSocket(brush, sitter);
  fill(brush, opening, css(mix(hex('#f3efec'), skin.shadow, 0.08)));
  within(brush, opening, () => paintEyeball(brush, sitter, eye, random));
  paintWetEdge(brush, skin, eye.shape, opening);
  const lash = mix(skin.deep, hex('#120b0a'), 0.86);
  paintUpperLid(brush, sitter, eye.shape, lash);
  paintLashes(brush, eye.shape, { woman, color: lash }, random);
}

/** The area between the lids. */
function openingOf(shape: EyeShape): Path2D {
  const opening = smooth(shape.upperLid);
  shape.lowerLid.forEach((_point, index) => {
    if (index === 0) return;
    const [a, b] = [shape.lowerLid[index - 1], shape.lowerLid[index]];
    opening.quadraticCurveTo(
      a[0] + (b[0] - a[0]) * 0.5,
      (a[1] + b[1]) * 0.5 + (index > 1 && index < 5 ? 0.5 : 0),
      b[0],
      b[1],
    );
  });
  opening.closePath();
  return opening;
}

/** Shade below the brow towards the nose, a lit lid, a soft hollow underneath. */
function paintSocket(brush: Brush, { anatomy: { face }, look, skin }: Sitter): void {
  const woman = look.gender === 'woman';
  const half = face.eyeWidth / 2;
  glow(brush, [-half * 0.75, -face.eyeOpen * 0.62], [20, 15], { color: skin.shadow, opacity: 0.62, turn: 0.5 });
  glow(brush, [0, -face.eyeOpen * 0.85], [half * 1.15, 8.5], { color: skin.shadow, opacity: woman ? 0.62 : 0.55 });
  glow(brush, [half * 0.55, -face.eyeOpen * 0.8], [half * 0.8, 8], {
    color: mix(skin.shadow, skin.deep, 0.35),
    opacity: woman ? 0.5 : 0.28,
    turn: -0.25,
  });
  glow(brush, [4, -face.eyeOpen * 1.35], [half * 0.9, 5], { color: skin.light, opacity: 0.35, turn: -0.1 });
  glow(brush, [-2, face.eyeOpen * 0.86], [half * 1.0, 6], {
    color: skin.shadow,
    opacity: look.age === 'young' ? 0.22 : 0.5,
    turn: 0.12,
  });
}

/** The white with iris and pupil, in the shade of the upper lid. */
function paintEyeball(brush: Brush, { anatomy: { face }, look, skin }: Sitter, eye: Eye, random: Draws): void {
  const { shape, side } = eye;
  const half = face.eyeWidth / 2;
  glow(brush, [-half, 3], [9, 8], { color: skin.blush, opacity: 0.55 });
  glow(brush, [half, 0], [10, 9], { color: mix(skin.shadow, skin.blush, 0.4), opacity: 0.5 });
  const radius = look.gender === 'woman' ? 9.9 : 9.1;
  const y = -face.eyeOpen * 0.115;
  paintIris(brush, eye, { y, radius }, random);
  // the upper lid and its lashes shade the ball
  softStroke(brush, smooth(shape.upperLid), {
    color: mix(skin.deep, hex('#1c100e'), 0.6),
    opacity: 0.72,
    width: 4.6,
    blur: 1.7,
    dy: 0.8,
  });
  // window light from the page's upper left, and its weaker answer below
  const gleam = ellipse([-side * radius * 0.34, y - radius * 0.3], 2.25, 2.05, 0);
  fill(brush, gleam, 'rgba(255,255,255,0.96)');
  glow(brush, [side * radius * 0.4, y + radius * 0.42], [2.1, 1.7], { color: hex('#ffffff'), opacity: 0.55 });
}

function paintIris(
  brush: Brush,
  { iris, side }: Eye,
  { y, radius }: { readonly y: number; readonly radius: number },
  random: Draws,
): void {
  const { ctx } = brush;
  const disc = new Path2D();
  disc.arc(0, y, radius, 0, Math.PI * 2);
  const body = ctx.createRadialGradient(0, y + 1.5, 2, 0, y, radius);
  body.addColorStop(0, css(lighten(iris, 0.3)));
  body.addColorStop(0.62, css(lighten(iris, 0.08)));
  body.addColorStop(0.86, css(mix(iris, hex('#100c0c'), 0.35)));
  body.addColorStop(1, css(mix(iris, hex('#100c0c'), 0.82)));
  ctx.fillStyle = body;
  ctx.fill(disc);
  within(brush, disc, () => {
    for (let ray = 0; ray < 46; ray++) {
      const angle = (ray / 46) * Math.PI * 2 + random.around(0.08);
      const bright = random.next() < 0.55;
      const path = new Path2D();
      path.moveTo(Math.cos(angle) * 3.6, y + Math.sin(angle) * 3.6);
      path.lineTo(
        Math.cos(angle) * radius * random.between(0.66, 0.9),
        y + Math.sin(angle) * radius * random.between(0.66, 0.9),
      );
      line(brush, path, {
        color: bright ? lighten(iris, 0.5) : mix(iris, hex('#000000'), 0.55),
        opacity: 0.38,
        width: 0.5,
      });
    }
    glow(brush, [side * 2.5, y + radius * 0.55], [radius * 0.8, radius * 0.5], {
      color: lighten(iris, 0.55),
      opacity: 0.55,
    });
  });
  const pupil = new Path2D();
  pupil.arc(0, y, radius * 0.43, 0, Math.PI * 2);
  fill(brush, pupil, '#0b0808');
}

/** Tear duct and the wet edge of the lower lid. */
function paintWetEdge(brush: Brush, skin: Skin, shape: EyeShape, opening: Path2D): void {
  const duct = ellipse([shape.inner[0] + 1.9, shape.inner[1] - 0.1], 2.3, 1.35, 0.2);
  within(brush, opening, () => fill(brush, duct, css(mix(skin.blush, skin.light, 0.35), 0.95)));
  const wet = smooth(shape.lowerLid.slice(1, 6));
  line(brush, wet, { color: mix(skin.light, skin.blush, 0.45), opacity: 0.85, width: 1.15 });
  softStroke(brush, wet, { color: mix(skin.deep, skin.shadow, 0.4), opacity: 0.5, width: 0.9, blur: 0.45, dy: 1.5 });
}

/** A line that thickens towards the temple, the crease above it. */
function paintUpperLid(brush: Brush, { look, skin }: Sitter, shape: EyeShape, lash: Color): void {
  const { ctx } = brush;
  const woman = look.gender === 'woman';
  const lid = tapered(shape.upperLid, woman ? 3.7 : 2.7, { peak: 0.66, start: 0.28, end: woman ? 0.5 : 0.25 });
  ctx.save();
  ctx.translate(0, -0.5);
  fill(brush, lid, css(lash, 0.97));
  ctx.restore();
  const crease = shape.upperLid.map(([x, y], index): Point => [
    x * 1.0 + (index > 4 ? 1.6 : 0),
    y - [0.6, 3.4, 4.6, 5.0, 5.0, 4.6, 3.2][index] * (look.age === 'older' ? 0.72 : 1),
  ]);
  fill(brush, tapered(crease, 1.7, { peak: 0.55 }), css(mix(skin.deep, skin.shadow, 0.25), 0.78));
  softFill(brush, tapered(crease, 4.2, { peak: 0.6 }), { color: skin.shadow, opacity: 0.6, blur: 1.3, dy: 1 });
}

function paintLashes(
  brush: Brush,
  shape: EyeShape,
  { woman, color }: { readonly woman: boolean; readonly color: Color },
  random: Draws,
): void {
  const upper = woman ? 30 : 18;
  for (let index = 0; index < upper; index++) {
    const t = 0.1 + 0.9 * (index / (upper - 1));
    const root = along(shape.upperLid, t);
    const length =
      (woman ? 6.6 : 3.6) *
      (0.42 + 0.58 * Math.sin(Math.min(1, t * 1.12) * Math.PI * 0.62)) *
      random.between(0.82, 1.12);
    const lean = -0.5 + 1.55 * t + random.around(0.14);
    const tip: Point = [root[0] + Math.sin(lean) * length, root[1] - Math.cos(lean) * length * 0.86];
    const bend: Point = [root[0] + Math.sin(lean) * length * 0.62, root[1] - Math.cos(lean) * length * 0.3];
    fill(
      brush,
      tapered([[root[0], root[1] - 0.4], bend, tip], woman ? 1.15 : 0.85, { peak: 0.1, start: 0.8, steps: 4 }),
      css(color, 0.9),
    );
  }
  const lower = woman ? 17 : 11;
  for (let index = 0; index < lower; index++) {
    const t = 0.06 + 0.66 * (index / (lower - 1));
    const root = along(shape.lowerLid, t);
    const length = (woman ? 2.4 : 1.6) * random.between(0.7, 1.15);
    const lean = 0.75 - 1.25 * t + random.around(0.15);
    fill(
      brush,
      tapered(
        [
          [root[0], root[1] + 0.9],
          [root[0] + Math.sin(lean) * length, root[1] + 0.9 + Math.cos(lean) * length],
        ],
        0.6,
        { peak: 0.1, start: 0.8, steps: 3 },
      ),
      css(color, 0.36),
    );
  }
}

function along(points: readonly Point[], t: number): Point {
  const position = t * (points.length - 1);
  const index = Math.min(points.length - 2, Math.floor(position));
  const share = position - index;
  return [
    points[index][0] + (points[index + 1][0] - points[index][0]) * share,
    points[index][1] + (points[index + 1][1] - points[index][1]) * share,
  ];
}

/**
 * A brow: a soft body under some fifty single hairs, which rise at the nose and lie down towards the temple. x towards
 * the temple.
 */
function paintBrow(brush: Brush, { anatomy: { face }, look, hair }: Sitter, random: Draws): void {
  const woman = look.gender === 'woman';
  const inner = face.eyeX - face.eyeWidth * 0.5 - 1;
  const outer = face.eyeX + face.eyeWidth * 0.68;
  const rise = woman ? 5 : 3;
  const spine: Point[] = [
    [inner, face.browY + 1.4],
    [inner + (outer - inner) * 0.3, face.browY - 0.6],
    [inner + (outer - inner) * 0.66, face.browY - rise * 0.62],
    [inner + (outer - inner) * 0.85, face.browY - rise * 0.2],
    [outer, face.browY + 4.6],
  ];
  softFill(brush, tapered(spine, face.browThickness * 0.98, { peak: 0.34, start: 0.4 }), {
    color: hair.brow,
    opacity: 0.62,
    blur: 1.1,
  });
  fill(brush, tapered(spine, face.browThickness * 0.62, { peak: 0.4, start: 0.25 }), css(hair.brow, 0.5));
  const hairs = woman ? 64 : 84;
  for (let index = 0; index < hairs; index++) {
    const t = index / (hairs - 1);
    const [x, y] = along(spine, t);
    const thick = face.browThickness * (t < 0.35 ? 0.75 + t * 0.7 : 1 - (t - 0.35) * 1.25);
    const offset = random.around(0.46) * thick;
    const lean = 0.12 + 1.2 * Math.min(1, t * 1.5) + random.around(0.16) + (offset > 0 ? -0.16 : 0.22);
    const length = (woman ? 6 : 7) * (1 - 0.4 * t) * random.between(0.75, 1.15);
    fill(
      brush,
      tapered(
        [
          [x, y + offset],
          [x + Math.sin(lean) * length * 0.6, y + offset - Math.cos(lean) * length * 0.45],
          [x + Math.sin(lean + 0.3) * length, y + offset - Math.cos(lean + 0.3) * length * 0.7],
        ],
        0.95,
        { peak: 0.25, start: 0.6, steps: 3 },
      ),
      css(random.next() < 0.22 ? hair.light : mix(hair.brow, hair.dark, random.next() * 0.7), 0.78),
    );
  }
}
