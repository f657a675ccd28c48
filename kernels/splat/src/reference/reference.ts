import { ALPHA_CUT_INVERSE, ALPHA_MAX, QUAT_MIN, TRANSMITTANCE_STOP } from '../layout.ts';
import type { Background, Camera, GaussianArrays, OutputGradient } from '../scene.ts';
import { checkBackground, checkCamera, checkGaussians, failGaussian } from '../validate.ts';
import { DEFAULT_NEAR } from '../view-limits.ts';
import { restCount, seenColor, seenColorGradient } from './reference-color.ts';
import { cameraCentre, projectedCovariance, projectionGradient } from './reference-projection.ts';
import type { ReferenceGradients, SceneNumbers } from './scene-numbers.ts';

/** What the reference renders: as `RenderOutput`, in f64, always with depth. */
export type ReferenceOutput = {
  readonly width: number;
  readonly height: number;
  /** f64 [H, W, 3] */
  readonly color: Float64Array;
  /** f64 [H, W] */
  readonly transmittance: Float64Array;
  /** f64 [H, W] Σ w z */
  readonly depth: Float64Array;
  /**
   * f64 [H, W] how near the pixel came to one of the picture's jumps: the least |α - 1/255| · 255 and |T' / 1e-4 - 1|
   * that decided anything there. Where it is tiny an f32 rasteriser may rightly decide otherwise, and no derivative by
   * differences exists.
   */
  readonly margin: Float64Array;
  /** pairs of pixel and Gaussian evaluated */
  readonly pairs: number;
};

/** How the reference draws. */
export type ReferenceOptions = {
  /** as in `RenderOptions` */
  readonly compensateOpacity?: boolean;
};

/** A drawn Gaussian on the image plane. */
type Splat = {
  readonly index: number;
  /** pixels */
  readonly x: number;
  readonly y: number;
  /** the conic (a, b; b, c) = Σ'⁻¹, 1 / pixels² */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** as drawn: with the compensation in it */
  readonly opacity: number;
  /** dlog(opacity)/dlogit: the compensation is no function of the logit */
  readonly logitSlope: number;
  readonly depth: number;
  readonly color: readonly number[];
};

/** One Gaussian's part in one pixel. */
type Contribution = {
  readonly splat: Splat;
  readonly alpha: number;
  readonly clamped: boolean;
  readonly before: number;
  readonly dx: number;
  readonly dy: number;
};

function project(gaussians: SceneNumbers, camera: Camera, { compensateOpacity = false }: ReferenceOptions): Splat[] {
  const count = gaussians.opacityLogits.length;
  const splats: Splat[] = [];
  for (let index = 0; index < count; index++) {
    const centre = cameraCentre(gaussians, camera, index);
    if (!(centre[2] > (camera.near ?? DEFAULT_NEAR))) continue;
    const plain = 1 / (1 + Math.exp(-gaussians.opacityLogits[index]));
    if (plain < 1 / ALPHA_CUT_INVERSE) continue;
    const { xx, xy, yy, det, compensation } = projectedCovariance(gaussians, camera, index);
    if (!(det > 0 && det < 1e60)) continue;
    const opacity = compensateOpacity ? plain * compensation : plain;
    if (opacity < 1 / ALPHA_CUT_INVERSE) continue;
    splats.push({
      index,
      x: (camera.fx * centre[0]) / centre[2] + camera.cx,
      y: (camera.fy * centre[1]) / centre[2] + camera.cy,
      a: yy / det,
      b: -xy / det,
      c: xx / det,
      opacity,
      logitSlope: 1 - plain,
      depth: centre[2],
      color: seenColor(gaussians, camera, index),
    });
  }
  // The order is defined on depths rounded to f32, as in 3DGS; sort is stable, so equal depths stay in the order of
  // their indices.
  return splats.sort((p, q) => Math.fround(p.depth) - Math.fround(q.depth));
}

/** What the pixel (column, row) blends, front to back; `note` hears how near each decision was. */
function contributions(
  splats: readonly Splat[],
  column: number,
  row: number,
  note: (margin: number) => void,
): Contribution[] {
  const list: Contribution[] = [];
  let transmittance = 1;
  for (const splat of splats) {
    const dx = column + 0.5 - splat.x;
    const dy = row + 0.5 - splat.y;
    const raw = splat.opacity * Math.exp(-0.5 * (splat.a * dx * dx + splat.c * dy * dy) - splat.b * dx * dy);
    const alpha = Math.min(ALPHA_MAX, raw);
    note(Math.abs(alpha * ALPHA_CUT_INVERSE - 1));
    if (alpha < 1 / ALPHA_CUT_INVERSE) continue;
    const after = transmittance * (1 - alpha);
    note(Math.abs(after / TRANSMITTANCE_STOP - 1));
    if (after < TRANSMITTANCE_STOP) break;
    list.push({ splat, alpha, clamped: raw >= ALPHA_MAX, before: transmittance, dx, dy });
    transmittance = after;
  }
  return list;
}

function backgroundAt(background: Background, pixel: number): [number, number, number] {
  const at = background.length === 3 ? 0 : 3 * pixel;
  return [background[at], background[at + 1], background[at + 2]];
}

/**
 * The judge of every other rasteriser: each pixel walks all Gaussians in depth order, in f64, with no tiles and no
 * culling but what the equations say (Kerbl et al. 2023; the constants in `layout.ts`).
 *
 * @param gaussians arrays as in `GaussianArrays`; f64 arrays are taken too
 * @throws SplatError as `Rasterizer.render`
 */
export function referenceRender(
  gaussians: SceneNumbers,
  camera: Camera,
  background: Background,
  options: ReferenceOptions = {},
): ReferenceOutput {
  checkScene(gaussians, camera, background);
  const { width, height } = camera;
  const splats = project(gaussians, camera, options);
  const color = new Float64Array(width * height * 3);
  const transmittance = new Float64Array(width * height);
  const depth = new Float64Array(width * height);
  const margin = new Float64Array(width * height).fill(Infinity);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      const list = contributions(splats, column, row, (m) => (margin[pixel] = Math.min(margin[pixel], m)));
      const last = list.at(-1);
      const left = last === undefined ? 1 : last.before * (1 - last.alpha);
      transmittance[pixel] = left;
      const behind = backgroundAt(background, pixel);
      for (let k = 0; k < 3; k++) color[3 * pixel + k] = left * behind[k];
      for (const { splat, alpha, before } of list) {
        for (let k = 0; k < 3; k++) color[3 * pixel + k] += before * alpha * splat.color[k];
        depth[pixel] += before * alpha * splat.depth;
      }
    }
  }
  return { width, height, color, transmittance, depth, margin, pairs: splats.length * width * height };
}

/**
 * Gradient of a scalar L by the chain rule, pixel by pixel. With g = dL/dcolor and B what lies behind Gaussian i,
 * weighted with g: dL/dα_i = T_i (c_i · g) - B_i / (1 - α_i); then through α = opacity exp(-½ dᵀ K d), K = Σ'⁻¹, and
 * the projection.
 *
 * @throws SplatError as `Rasterizer.backward`
 */
export function referenceBackward(
  gaussians: SceneNumbers,
  camera: Camera,
  background: Background,
  gradient: OutputGradient,
  options: ReferenceOptions = {},
): ReferenceGradients {
  checkScene(gaussians, camera, background);
  const count = gaussians.opacityLogits.length;
  const splats = project(gaussians, camera, options);
  const onScreen = screenGradient(splats, count, camera, background, gradient);
  const result = {
    means: new Float64Array(count * 3),
    quats: new Float64Array(count * 4),
    logScales: new Float64Array(count * 3),
    opacityLogits: new Float64Array(count),
    colors: new Float64Array(count * 3),
    means2d: onScreen.means2d,
    shRest: new Float64Array(count * restCount(gaussians) * 3),
    background: onScreen.background,
  };
  for (const splat of splats) throughProjection(gaussians, camera, splat, onScreen, options, result);
  return result;
}

/** What the picture says of what is seen of each Gaussian, f64. */
interface ScreenGradient {
  /** [N, 3] */
  readonly colors: Float64Array;
  /** [N] */
  readonly depths: Float64Array;
  readonly background: Float64Array;
  /** [N] Σ α dL/dα = dL/dlog(opacity) */
  readonly byLogOpacity: Float64Array;
  /** [N, 2] pixels */
  readonly means2d: Float64Array;
  /** [N, 3] dL/dK: aa, ab (both off-diagonal entries together), bb */
  readonly conics: Float64Array;
}

function screenGradient(
  splats: readonly Splat[],
  count: number,
  camera: Camera,
  background: Background,
  gradient: OutputGradient,
): ScreenGradient {
  const { width, height } = camera;
  const colors = new Float64Array(count * 3);
  const depths = new Float64Array(count);
  const behindAll = new Float64Array(background.length);
  const byLogOpacity = new Float64Array(count);
  const means2d = new Float64Array(count * 2);
  const conics = new Float64Array(count * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      const g = gradient.color.subarray(3 * pixel, 3 * pixel + 3);
      const byDepth = gradient.depth?.[pixel] ?? 0;
      const list = contributions(splats, column, row, () => undefined);
      const last = list.at(-1);
      const left = last === undefined ? 1 : last.before * (1 - last.alpha);
      const [red, green, blue] = backgroundAt(background, pixel);
      let behind = left * (red * g[0] + green * g[1] + blue * g[2] + (gradient.transmittance?.[pixel] ?? 0));
      for (let k = 0; k < 3; k++) behindAll[background.length === 3 ? k : 3 * pixel + k] += left * g[k];
      for (const { splat, alpha, clamped, before, dx, dy } of list.reverse()) {
        const { index } = splat;
        let toward = splat.depth * byDepth;
        depths[index] += before * alpha * byDepth;
        for (let k = 0; k < 3; k++) {
          toward += splat.color[k] * g[k];
          colors[3 * index + k] += before * alpha * g[k];
        }
        const byAlpha = before * toward - behind / (1 - alpha);
        behind += before * alpha * toward;
        if (clamped) continue;
        const byPower = byAlpha * alpha;
        byLogOpacity[index] += byPower;
        // power = -½ dᵀ K d with d = pixel - centre
        means2d[2 * index] += byPower * (splat.a * dx + splat.b * dy);
        means2d[2 * index + 1] += byPower * (splat.b * dx + splat.c * dy);
        conics[3 * index] -= byPower * 0.5 * dx * dx;
        conics[3 * index + 1] -= byPower * dx * dy;
        conics[3 * index + 2] -= byPower * 0.5 * dy * dy;
      }
    }
  }
  return { colors, depths, background: behindAll, byLogOpacity, means2d, conics };
}

/** From what is seen of a Gaussian to what it is; adds to `result`. */
function throughProjection(
  gaussians: SceneNumbers,
  camera: Camera,
  { index, a, b, c, logitSlope }: Splat,
  { colors, depths, byLogOpacity, means2d, conics }: ScreenGradient,
  options: ReferenceOptions,
  result: ReferenceGradients,
): void {
  result.opacityLogits[index] = byLogOpacity[index] * logitSlope;
  // dL/dΣ' = -K dL/dK K, symmetric: [h00, h01, h11]
  const [ga, gb, gc] = [conics[3 * index], conics[3 * index + 1] / 2, conics[3 * index + 2]];
  const covariance: [number, number, number] = [
    -(a * (ga * a + gb * b) + b * (gb * a + gc * b)),
    -(a * (ga * b + gb * c) + b * (gb * b + gc * c)),
    -(b * (ga * b + gb * c) + c * (gb * b + gc * c)),
  ];
  if (options.compensateOpacity) {
    // log compensation = ½ log |Σ| - ½ log |Σ + low-pass|
    const { plainInverse } = projectedCovariance(gaussians, camera, index);
    for (const [k, entry] of [a, b, c].entries())
      covariance[k] += 0.5 * byLogOpacity[index] * (plainInverse[k] - entry);
  }
  const center: [number, number] = [means2d[2 * index], means2d[2 * index + 1]];
  projectionGradient(gaussians, camera, index, covariance, center, depths[index], result);
  seenColorGradient(gaussians, camera, index, Array.from(colors.subarray(3 * index, 3 * index + 3)), result);
}

function checkScene(gaussians: SceneNumbers, camera: Camera, background: Background): void {
  const single = Object.fromEntries(
    (['means', 'quats', 'logScales', 'opacityLogits', 'colors', 'shRest'] as const).map((name) => [
      name,
      gaussians[name] instanceof Float64Array ? Float32Array.from(gaussians[name]) : gaussians[name],
    ]),
  ) as GaussianArrays;
  const count = checkGaussians('referenceRender', single);
  checkCamera('referenceRender.camera', camera);
  checkBackground('referenceRender.background', background, camera);
  for (let g = 0; g < count; g++) {
    const numbers = [
      gaussians.opacityLogits[g],
      ...gaussians.means.subarray(3 * g, 3 * g + 3),
      ...gaussians.logScales.subarray(3 * g, 3 * g + 3),
      ...gaussians.colors.subarray(3 * g, 3 * g + 3),
    ];
    const rest = restCount(gaussians) * 3;
    if (gaussians.shRest !== undefined) numbers.push(...gaussians.shRest.subarray(rest * g, rest * (g + 1)));
    const squared = Math.hypot(...gaussians.quats.subarray(4 * g, 4 * g + 4)) ** 2;
    if (!numbers.every(Number.isFinite) || !(squared >= QUAT_MIN)) failGaussian('referenceRender', single, g);
  }
}
