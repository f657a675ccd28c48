import type { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import { fill, line, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './color.ts';
import { smooth, tapered } from './curves.ts';
import type { Cloth } from './palette.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Weave = 'plain' | 'knit' | 'denim' | 'satin';

/** How a piece of cloth is made. */
export interface Piece {
  /** encloses the piece */
  readonly box: Box;
  readonly weave: Weave;
  /** how far the shading reaches in from the edge, design units */
  readonly depth: number;
}

/** A piece of cloth: lit from the upper left, rounded, woven. */
export function paintCloth(brush: Brush, path: Path2D, cloth: Cloth, { box, weave, depth }: Piece): void {
  fill(
    brush,
    path,
    ramp(
      brush,
      [box.x, box.y],
      [box.x + box.width, box.y + box.height * 0.35],
      [css(mix(cloth.base, cloth.light, 0.75)), css(cloth.base), css(mix(cloth.base, cloth.shadow, 0.75))],
    ),
  );
  within(brush, path, () => {
    weaveOver(brush, cloth, box, weave);
    softStroke(brush, path, {
      color: cloth.shadow,
      opacity: 0.85,
      width: depth * 1.5,
      blur: depth * 0.6,
      dx: depth * 0.45,
      dy: depth * 0.1,
    });
    softStroke(brush, path, { color: cloth.deep, opacity: 0.5, width: depth * 0.4, blur: depth * 0.2, dx: 1, dy: 0 });
    softStroke(brush, path, {
      color: cloth.light,
      opacity: 0.5,
      width: depth * 0.6,
      blur: depth * 0.42,
      dx: -depth * 0.62,
      dy: -depth * 0.1,
    });
  });
}

/** Threads, stitches, twill or sheen: fine structure that stays sharp when the picture is reduced by half. */
function weaveOver(brush: Brush, cloth: Cloth, box: Box, weave: Weave): void {
  const { ctx } = brush;
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  ctx.save();
  ctx.lineCap = 'butt';
  const rows = (step: number, color: string, width: number, slope: number): void => {
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.beginPath();
    const drop = slope * box.width;
    for (let y = box.y - Math.max(0, drop); y < bottom - Math.min(0, drop); y += step) {
      ctx.moveTo(box.x, y);
      ctx.lineTo(right, y + drop);
    }
    ctx.stroke();
  };
  const columns = (step: number, color: string, width: number): void => {
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.beginPath();
    for (let x = box.x; x < right; x += step) {
      ctx.moveTo(x, box.y);
      ctx.lineTo(x, bottom);
    }
    ctx.stroke();
  };
  if (weave === 'plain') {
    rows(2.6, css(cloth.deep, 0.09), 0.9, 0);
    columns(2.6, css(cloth.light, 0.1), 0.9);
  } else if (weave === 'denim') {
    rows(3, css(cloth.deep, 0.2), 1.1, -0.9);
    columns(4.1, css(cloth.light, 0.08), 1);
  } else if (weave === 'satin') {
    columns(3.4, css(cloth.light, 0.06), 1.4);
  } else {
    ctx.strokeStyle = css(cloth.deep, 0.2);
    ctx.lineWidth = 1.1;
    ctx.beginPath();
    for (let x = box.x; x < right; x += 6) {
      for (let y = box.y; y < bottom; y += 5) {
        ctx.moveTo(x, y);
        ctx.lineTo(x + 3, y + 3.4);
        ctx.lineTo(x + 6, y);
      }
    }
    ctx.stroke();
    columns(6, css(cloth.light, 0.1), 1.2);
  }
  ctx.restore();
}

/** One fold: a soft valley, a narrow dark bed in it and a ridge that catches light, all tapering. */
export function fold(
  brush: Brush,
  cloth: Cloth,
  points: readonly Point[],
  { width, strength = 1 }: { readonly width: number; readonly strength?: number },
): void {
  softFill(brush, tapered(points, width * 1.7), { color: cloth.shadow, opacity: 0.75 * strength, blur: width * 0.42 });
  softFill(brush, tapered(points, width * 0.7), { color: cloth.deep, opacity: 0.6 * strength, blur: width * 0.2 });
  softFill(
    brush,
    tapered(
      points.map(([x, y]): Point => [x - width * 0.75, y - width * 0.5]),
      width * 0.85,
    ),
    { color: cloth.light, opacity: 0.5 * strength, blur: width * 0.3 },
  );
}

/** A seam: the dent and its row of stitches. */
export function seam(brush: Brush, cloth: Cloth, points: readonly Point[], stitches = true): void {
  const path = smooth(points);
  line(brush, path, { color: cloth.deep, opacity: 0.6, width: 1.3 });
  if (!stitches) return;
  brush.ctx.save();
  brush.ctx.setLineDash([3.2, 2.2]);
  brush.ctx.translate(2.6, 0.6);
  line(brush, path, { color: mix(cloth.light, cloth.base, 0.2), opacity: 0.6, width: 0.9 });
  brush.ctx.restore();
}

/** Ribbing across a band (cuffs, hems, necks): fine lines from one edge to the other. */
export function ribs(
  brush: Brush,
  path: Path2D,
  cloth: Cloth,
  { from, to, count }: { readonly from: readonly Point[]; readonly to: readonly Point[]; readonly count: number },
): void {
  within(brush, path, () => {
    const place = (points: readonly Point[], t: number): Point => {
      const position = t * (points.length - 1);
      const index = Math.min(points.length - 2, Math.floor(position));
      const share = position - index;
      return [
        points[index][0] + (points[index + 1][0] - points[index][0]) * share,
        points[index][1] + (points[index + 1][1] - points[index][1]) * share,
      ];
    };
    for (let index = 0; index <= count; index++) {
      const [a, b] = [place(from, index / count), place(to, index / count)];
      line(brush, smooth([a, b]), { color: cloth.deep, opacity: 0.34, width: 1.2 });
      line(
        brush,
        smooth([
          [a[0] - 1.4, a[1]],
          [b[0] - 1.4, b[1]],
        ]),
        { color: cloth.light, opacity: 0.28, width: 0.9 },
      );
    }
  });
}

/** Where creases lie and how they run. */
export interface Creasing {
  readonly box: Box;
  readonly count: number;
  /** radians, the direction that they keep to */
  readonly slope: number;
  readonly random: Draws;
}

/** Small irregular creases over an area, so that no surface is dead. */
export function creases(brush: Brush, path: Path2D, cloth: Cloth, { box, count, slope, random }: Creasing): void {
  within(brush, path, () => {
    for (let index = 0; index < count; index++) {
      const x = box.x + random.next() * box.width;
      const y = box.y + random.next() * box.height;
      const length = random.between(26, 70);
      const angle = slope + random.around(0.5);
      fold(
        brush,
        cloth,
        [
          [x, y],
          [x + Math.cos(angle) * length * 0.5 + random.around(5), y + Math.sin(angle) * length * 0.5],
          [x + Math.cos(angle) * length, y + Math.sin(angle) * length],
        ],
        { width: random.between(3, 7), strength: 0.42 },
      );
    }
  });
}
