import type { Path2D, SKRSContext2D } from '@napi-rs/canvas';
import { css, type Color } from './color.ts';

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

/** Paint with soft edges. Lengths are in design units. */
export interface SoftPaint {
  readonly color: Color;
  /** 0 … 1 */
  readonly opacity: number;
  /** standard deviation of the edge */
  readonly blur: number;
  /** by how much the shape is moved first */
  readonly dx?: number;
  readonly dy?: number;
}

/** A stroke with soft edges. */
export function softStroke(
  brush: Brush,
  path: Path2D,
  { color, opacity, width, blur, dx = 0, dy = 0 }: SoftPaint & { readonly width: number },
): void {
  const { ctx, scale } = brush;
  ctx.save();
  ctx.translate(dx, dy);
  ctx.filter = `blur(${(blur * scale).toFixed(2)}px)`;
  ctx.strokeStyle = css(color, opacity);
  ctx.lineWidth = width;
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  ctx.stroke(path);
  ctx.restore();
}

/** A filled shape with soft edges. */
export function softFill(brush: Brush, path: Path2D, { color, opacity, blur, dx = 0, dy = 0 }: SoftPaint): void {
  const { ctx, scale } = brush;
  ctx.save();
  ctx.translate(dx, dy);
  ctx.filter = `blur(${(blur * scale).toFixed(2)}px)`;
  ctx.fillStyle = css(color, opacity);
  ctx.fill(path);
  ctx.restore();
}

/** Paint that fades from its middle. */
export interface GlowPaint {
  readonly color: Color;
  /** 0 … 1, in the middle */
  readonly opacity: number;
  /** radians by which the ellipse is turned clockwise */
  readonly turn?: number;
}

/** An elliptic glow around `[x, y]` that fades to nothing at its radii. */
export function glow(
  brush: Brush,
  [x, y]: Point,
  [rx, ry]: readonly [number, number],
  { color, opacity, turn = 0 }: GlowPaint,
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
    fade.addColorStop(at, css(color, opacity * share));
  ctx.fillStyle = fade;
  ctx.fillRect(-1, -1, 2, 2);
  ctx.restore();
}

/** Linear gradient between two points through evenly spaced colours. */
export function ramp(brush: Brush, from: Point, to: Point, colors: readonly string[]): CanvasGradient {
  const gradient = brush.ctx.createLinearGradient(from[0], from[1], to[0], to[1]);
  colors.forEach((color, index) => gradient.addColorStop(colors.length === 1 ? 0 : index / (colors.length - 1), color));
  return gradient as unknown as CanvasGradient;
}

export function fill(brush: Brush, path: Path2D, style: string | CanvasGradient): void {
  brush.ctx.fillStyle = style as string;
  brush.ctx.fill(path);
}

/** A hard stroke. */
export function line(
  brush: Brush,
  path: Path2D,
  { color, opacity, width }: { readonly color: Color; readonly opacity: number; readonly width: number },
): void {
  brush.ctx.strokeStyle = css(color, opacity);
  brush.ctx.lineWidth = width;
  brush.ctx.lineCap = 'round';
  brush.ctx.lineJoin = 'round';
  brush.ctx.stroke(path);
}

/** How a form is rounded. */
export interface Rounding {
  readonly dark: Color;
  readonly light: Color;
  /** how far the shading reaches in from the edge, design units */
  readonly depth: number;
  /** 1 by default */
  readonly strength?: number;
}

/** Rounds a form filled flat: light from the upper left, a dark edge opposite, thin occlusion all round. */
export function roundForm(brush: Brush, path: Path2D, { dark, light, depth, strength = 1 }: Rounding): void {
  within(brush, path, () => {
    softStroke(brush, path, {
      color: dark,
      opacity: 0.55 * strength,
      width: depth * 1.3,
      blur: depth * 0.55,
      dx: depth * 0.42,
      dy: depth * 0.22,
    });
    softStroke(brush, path, { color: dark, opacity: 0.3 * strength, width: depth * 0.35, blur: depth * 0.16 });
    softStroke(brush, path, {
      color: light,
      opacity: 0.4 * strength,
      width: depth * 0.7,
      blur: depth * 0.4,
      dx: -depth * 0.75,
      dy: -depth * 0.35,
    });
  });
}
