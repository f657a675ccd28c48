import type { Path2D, SKRSContext2D } from '@napi-rs/canvas';
import { css, type Colour } from './colour.ts';

/**
 * Where a part is painted: a context whose units are design units, and how many pixels one of them is (blur is in
 * pixels whatever the transform).
 */
export interface Brush {
  readonly ctx: SKRSContext2D;
  /** pixels per design unit */
  readonly scale: number;
}

/** x, y in design units. */
export type Point = readonly [number, number];

/** Paints only inside `path`. */
export function within(brush: Brush, path: Path2D, paint: () => void): void {
  brush.ctx.save();
  brush.ctx.clip(path);
  paint();
  brush.ctx.restore();
}

/** Paints only where something has been painted before: shadows that fall on the person and not on the air. */
export function ontoPainted(brush: Brush, paint: () => void): void {
  brush.ctx.save();
  brush.ctx.globalCompositeOperation = 'source-atop';
  paint();
  brush.ctx.restore();
}

/** A stroke with soft edges; `blur` is the standard deviation in design units. */
export function softStroke(
  brush: Brush,
  path: Path2D,
  colour: Colour,
  opacity: number,
  width: number,
  blur: number,
  dx = 0,
  dy = 0,
): void {
  const { ctx, scale } = brush;
  ctx.save();
  ctx.translate(dx, dy);
  ctx.filter = `blur(${(blur * scale).toFixed(2)}px)`;
  ctx.strokeStyle = css(colour, opacity);
  ctx.lineWidth = width;
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  ctx.stroke(path);
  ctx.restore();
}

/** A filled shape with soft edges; `blur` is the standard deviation in design units. */
export function softFill(
  brush: Brush,
  path: Path2D,
  colour: Colour,
  opacity: number,
  blur: number,
  dx = 0,
  dy = 0,
): void {
  const { ctx, scale } = brush;
  ctx.save();
  ctx.translate(dx, dy);
  ctx.filter = `blur(${(blur * scale).toFixed(2)}px)`;
  ctx.fillStyle = css(colour, opacity);
  ctx.fill(path);
  ctx.restore();
}

/** An elliptic glow that fades to nothing at its radii. */
export function glow(
  brush: Brush,
  x: number,
  y: number,
  rx: number,
  ry: number,
  colour: Colour,
  opacity: number,
  turn = 0,
): void {
  const { ctx } = brush;
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(turn);
  ctx.scale(rx, ry);
  const fade = ctx.createRadialGradient(0, 0, 0, 0, 0, 1);
  // close to a Gaussian of σ = 0.4
  for (const [at, share] of [
    [0, 1],
    [0.2, 0.88],
    [0.4, 0.6],
    [0.6, 0.31],
    [0.8, 0.1],
    [1, 0],
  ])
    fade.addColorStop(at, css(colour, opacity * share));
  ctx.fillStyle = fade;
  ctx.fillRect(-1, -1, 2, 2);
  ctx.restore();
}

/** Linear gradient between two points through evenly spaced colours. */
export function ramp(brush: Brush, from: Point, to: Point, colours: readonly string[]): CanvasGradient {
  const gradient = brush.ctx.createLinearGradient(from[0], from[1], to[0], to[1]);
  colours.forEach((colour, index) =>
    gradient.addColorStop(colours.length === 1 ? 0 : index / (colours.length - 1), colour),
  );
  return gradient as unknown as CanvasGradient;
}

export function fill(brush: Brush, path: Path2D, style: string | CanvasGradient): void {
  brush.ctx.fillStyle = style as string;
  brush.ctx.fill(path);
}

export function line(brush: Brush, path: Path2D, colour: Colour, opacity: number, width: number): void {
  brush.ctx.strokeStyle = css(colour, opacity);
  brush.ctx.lineWidth = width;
  brush.ctx.lineCap = 'round';
  brush.ctx.lineJoin = 'round';
  brush.ctx.stroke(path);
}

/**
 * Rounds a form that has been filled flat: light from the upper left, a dark edge opposite, thin occlusion all round.
 *
 * @param depth how far the shading reaches in from the edge, design units
 */
export function roundForm(brush: Brush, path: Path2D, dark: Colour, light: Colour, depth: number, strength = 1): void {
  within(brush, path, () => {
    softStroke(brush, path, dark, 0.55 * strength, depth * 1.3, depth * 0.55, depth * 0.42, depth * 0.22);
    softStroke(brush, path, dark, 0.3 * strength, depth * 0.35, depth * 0.16);
    softStroke(brush, path, light, 0.4 * strength, depth * 0.7, depth * 0.4, -depth * 0.75, -depth * 0.35);
  });
}
