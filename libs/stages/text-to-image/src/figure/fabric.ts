import type { Path2D } from '@napi-rs/canvas';
import type { Draws } from '@soliloquy/random';
import { fill, line, ramp, softFill, softStroke, within, type Brush, type Point } from './brush.ts';
import { css, mix } from './colour.ts';
import { smooth, tapered } from './curves.ts';
import type { Cloth } from './palette.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Weave = 'plain' | 'knit' | 'denim' | 'satin';

/** A piece of cloth: lit from the upper left, rounded, woven. `box` encloses it. */
export function paintCloth(brush: Brush, path: Path2D, cloth: Cloth, box: Box, weave: Weave, depth: number): void {
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
    softStroke(brush, path, cloth.shadow, 0.85, depth * 1.5, depth * 0.6, depth * 0.45, depth * 0.1);
    softStroke(brush, path, cloth.deep, 0.5, depth * 0.4, depth * 0.2, 1, 0);
    softStroke(brush, path, cloth.light, 0.5, depth * 0.6, depth * 0.42, -depth * 0.62, -depth * 0.1);
  });
}

/** Threads, stitches, twill or sheen: fine structure that stays sharp when the picture is reduced by half. */
function weaveOver(brush: Brush, cloth: Cloth, box: Box, weave: Weave): void {
  const { ctx } = brush;
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  ctx.save();
  ctx.lineCap = 'butt';
  const rows = (step: number, colour: string, width: number, slope: number): void => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    const drop = slope * box.width;
    for (let y = box.y - Math.max(0, drop); y < bottom - Math.min(0, drop); y += step) {
      ctx.moveTo(box.x, y);
      ctx.lineTo(right, y + drop);
    }
    ctx.stroke();
  };
  const columns = (step: number, colour: string, width: number): void => {
    ctx.strokeStyle = colour;
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
export function fold(brush: Brush, cloth: Cloth, points: readonly Point[], width: number, strength = 1): void {
  softFill(brush, tapered(points, width * 1.7), cloth.shadow, 0.75 * strength, width * 0.42);
  softFill(brush, tapered(points, width * 0.7), cloth.deep, 0.6 * strength, width * 0.2);
  softFill(
    brush,
    tapered(
      points.map(([x, y]): Point => [x - width * 0.75, y - width * 0.5]),
      width * 0.85,
    ),
    cloth.light,
    0.5 * strength,
    width * 0.3,
  );
}

/** A seam: the dent and its row of stitches. */
export function seam(brush: Brush, cloth: Cloth, points: readonly Point[], stitches = true): void {
  const path = smooth(points);
  line(brush, path, cloth.deep, 0.6, 1.3);
  if (!stitches) return;
  brush.ctx.save();
  brush.ctx.setLineDash([3.2, 2.2]);
  brush.ctx.translate(2.6, 0.6);
  line(brush, path, mix(cloth.light, cloth.base, 0.2), 0.6, 0.9);
  brush.ctx.restore();
}

/** Ribbing across a band (cuffs, hems, necks): fine lines from one edge to the other. */
export function ribs(
  brush: Brush,
  path: Path2D,
  cloth: Cloth,
  from: readonly Point[],
  to: readonly Point[],
  count: number,
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
      line(brush, smooth([a, b]), cloth.deep, 0.34, 1.2);
      line(
        brush,
        smooth([
          [a[0] - 1.4, a[1]],
          [b[0] - 1.4, b[1]],
        ]),
        cloth.light,
        0.28,
        0.9,
      );
    }
  });
}

/** Small irregular creases over an area, so that no surface is dead. */
export function creases(
  brush: Brush,
  path: Path2D,
  cloth: Cloth,
  box: Box,
  count: number,
  random: Draws,
  slope: number,
): void {
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
        random.between(3, 7),
        0.42,
      );
    }
  });
}
