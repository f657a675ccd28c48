import { backgroundGradient } from './background-gradient.ts';
import { gaussianWindow } from './gaussian-window.ts';
import { allocateGradients, GROUP_WIDTHS, wantedGroups } from './gradient-groups.ts';
import { ThreadPool } from './host/thread-pool.ts';
import { checkImageLoss, sumOfWeights } from './image-loss-input.ts';
import * as L from './layout.ts';
import {
  PARAMETER_GROUPS,
  type Background,
  type Camera,
  type GaussianArrays,
  type GaussianGradients,
  type GradientGroup,
  type ImageLoss,
  type ImageLossInput,
  type OutputGradient,
  type ParameterGroup,
  type RenderOutput,
} from './scene.ts';
import { cameraPosition } from './spherical-harmonics.ts';
import { SplatError } from './splat-error.ts';
import {
  allocateOutput,
  checkBackground,
  checkCamera,
  checkFloats,
  checkGaussians,
  failGaussian,
  failNotFinite,
  restOf,
} from './validate.ts';
import { DEFAULT_NEAR, viewLimits } from './view-limits.ts';

/** How a rasteriser is made. */
export type RasterizerOptions = {
  /** 1 … 64, the calling thread included. Default 1. Results are the same bits for any number. */
  readonly threads?: number;
  /** limit of the WebAssembly memory, 64 … 4096. Default 2048. Memory is taken as it is needed. */
  readonly maxMemoryMiB?: number;
  /** the kernel (`kernelFile`), where it is compiled already; without it it is read from where the build left it */
  readonly module?: WebAssembly.Module;
};

/** How one image is rendered. */
export type RenderOptions = {
  /** also give the depth */
  readonly depth?: boolean;
  /**
   * Multiply each opacity by √(|Σ| / |Σ + 0.3 I|), so that the low-pass does not make small Gaussians brighter (the
   * screen-space filter of Mip-Splatting, Yu et al. 2024). Default: no.
   */
  readonly compensateOpacity?: boolean;
  /** fill these arrays instead of new ones */
  readonly into?: RenderOutput;
  /**
   * The output may be the rasteriser's own memory, good until its next render: nothing is copied then, neither out nor,
   * where such an array is given to `imageLoss` or `backward`, in. Default: no. A rasteriser whose memory is not within
   * reach gives new arrays all the same.
   */
  readonly lend?: boolean;
};

/**
 * Where the gradient of an image loss goes: new arrays, these, or the rasteriser's own until its next loss or render.
 */
export type LossOptions = { readonly into?: Float32Array; readonly lend?: boolean };

/** How one gradient is taken. */
export type BackwardOptions = {
  /** default: `PARAMETER_GROUPS` */
  readonly groups?: readonly GradientGroup[];
  /** fill the arrays of these that are asked for, instead of new ones */
  readonly into?: GaussianGradients;
};

const GRADIENT_FIELDS = {
  means: L.P_GRAD_MEANS,
  quats: L.P_GRAD_QUATS,
  logScales: L.P_GRAD_LOG_SCALES,
  opacityLogits: L.P_GRAD_OPACITY_LOGITS,
  colors: L.P_GRAD_COLORS,
  means2d: L.P_GRAD_MEANS2D,
} as const satisfies Record<ParameterGroup, number>;

/**
 * A rasteriser on WebAssembly SIMD threads.
 *
 * @throws SplatError `splat.input` for bad options, `splat.build` when the module is not built, `splat.thread` when a
 *   worker does not start
 */
export async function createRasterizer(options: RasterizerOptions = {}): Promise<Rasterizer> {
  const { threads = 1, maxMemoryMiB = 2048, module } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new SplatError({
      code: 'splat.input',
      where: 'createRasterizer.threads',
      expected: 'a whole number 1 … 64',
      got: `${threads}`,
      remedy: 'pass ctx.threads',
    });
  }
  if (!Number.isInteger(maxMemoryMiB) || maxMemoryMiB < 64 || maxMemoryMiB > 4096) {
    throw new SplatError({
      code: 'splat.input',
      where: 'createRasterizer.maxMemoryMiB',
      expected: 'a whole number 64 … 4096',
      got: `${maxMemoryMiB}`,
      remedy: 'leave it out for 2048',
    });
  }
  return new Rasterizer(await ThreadPool.start(threads, maxMemoryMiB, module));
}

/**
 * Renders Gaussians and takes gradients, synchronously on the calling thread and its workers. Not re-entrant; one scene
 * at a time. Made by `createRasterizer`.
 */
export class Rasterizer {
  readonly threads: number;
  readonly #pool: ThreadPool;
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  /** where free memory begins behind the scene of the last render */
  #sceneEnd = 0;
  #scene: { count: number; rest: number; camera: Camera; background: Background; tiles: number } | undefined;

  constructor(pool: ThreadPool) {
    this.#pool = pool;
    this.threads = pool.threads;
    this.#blocks = this.threads === 1 ? 1 : 4 * this.threads;
    this.#i32 = new Int32Array(pool.memory.buffer, 0, L.CONTROL_BYTES / 4);
    this.#f64 = new Float64Array(pool.memory.buffer, 0, L.CONTROL_BYTES / 8);
    let at: number = L.CONTROL_BYTES;
    at = this.#place(at, L.P_SCRATCH, this.threads * L.SCRATCH_BYTES);
    at = this.#place(at, L.P_STATISTICS, this.threads * L.STATISTICS_BYTES);
    at = this.#place(at, L.P_HISTOGRAM, 3 * 2048 * 4);
    this.#base = at;
    this.#sceneEnd = at;
    pool.reserve(at, 'its threads');
  }

  readonly #base: number;
  /** room for a gradient that is copied in */
  #colorGradientAt = 0;
  /** parts of the depth order: enough that threads share them evenly */
  readonly #blocks: number;

  /**
   * Draws N Gaussians over a background (Kerbl et al. 2023): EWA projection with a low-pass of 0.3 pixels², front to
   * back by depth (equal depths by index), alpha at most 0.99 and at least 1/255, a pixel stops before its
   * transmittance falls below 1e-4.
   *
   * @param gaussians  see `GaussianArrays`; N may be 0
   * @param background rgb, or f32 [H, W, 3]
   * @returns          arrays of the caller's own, or `options.into` filled
   * @throws SplatError `splat.input`, `splat.memory`, `splat.state`; the next call works
   */
  render(gaussians: GaussianArrays, camera: Camera, background: Background, options: RenderOptions = {}): RenderOutput {
    const pool = this.#pool;
    pool.check('render');
    pool.wake();
    // a render that is refused leaves none to differentiate
    this.#scene = undefined;
    const count = checkGaussians('render', gaussians);
    checkCamera('render.camera', camera);
    const image = checkBackground('render.background', background, camera);
    const pixels = camera.width * camera.height;
    const depth = options.depth ?? options.into?.depth !== undefined;
    const lend = options.lend === true && options.into === undefined;
    const output = lend ? undefined : allocateOutput(camera, depth, options.into);

    const tiles = Math.ceil(camera.width / L.TILE) * Math.ceil(camera.height / L.TILE);
    const rest = restOf(gaussians);
    const entriesAt = this.#layScene(count, rest, pixels, tiles, image);
    this.#writeScene(gaussians, camera, background, image, depth, options.compensateOpacity ?? false);
    if (image) this.#checkFinite('render.background', background, L.P_BACKGROUND);

    this.#i32[L.C_BAD >> 2] = L.BAD_NONE;
    pool.run(L.JOB_PROJECT, Math.ceil(count / L.CHUNK));
    const bad = this.#i32[L.C_BAD >> 2];
    if (bad !== L.BAD_NONE) failGaussian('render', gaussians, bad);

    const entries = pool.exports.sortByDepth();
    let at = this.#place(entriesAt, L.P_ENTRY_TILES, entries * 4);
    at = this.#place(at, L.P_TILE_ENTRIES, entries * 8);
    at = this.#place(at, L.P_MOMENTS, entries * L.MOMENT_BYTES);
    pool.reserve(at, `${count} Gaussians that touch ${entries} tiles of ${camera.width}x${camera.height} pixels`);
    this.#sceneEnd = at;
    this.#i32[L.C_BLOCKS >> 2] = this.#blocks;
    pool.run(L.JOB_LIST_TILES, this.#blocks);
    pool.exports.startTiles();
    pool.run(L.JOB_PLACE_ENTRIES, this.#blocks);
    // a thread that has no part in the job leaves what it wrote before
    new Uint8Array(pool.memory.buffer, this.#address(L.P_STATISTICS), this.threads * L.STATISTICS_BYTES).fill(0);
    pool.run(L.JOB_FORWARD, tiles);
    this.#scene = { count, rest, camera, background, tiles };

    const { width, height } = camera;
    if (output === undefined)
      return {
        width,
        height,
        color: this.#view(L.P_COLOR, pixels * 3),
        transmittance: this.#view(L.P_TRANSMITTANCE, pixels),
        ...(depth ? { depth: this.#view(L.P_DEPTH, pixels) } : {}),
      };
    output.color.set(this.#view(L.P_COLOR, pixels * 3));
    output.transmittance.set(this.#view(L.P_TRANSMITTANCE, pixels));
    output.depth?.set(this.#view(L.P_DEPTH, pixels));
    return output;
  }

  /**
   * Gradient of a scalar L through the last render, by the exact derivative of what was drawn (the order, the cuts and
   * the stops held fixed; where alpha is clamped to 0.99 it is constant). It may be called several times for one
   * render.
   *
   * @param gradient dL/dcolor f32 [H, W, 3] and, if L depends on them, dL/dtransmittance and dL/ddepth f32 [H, W]
   * @throws SplatError `splat.state` before the first render; `splat.input`
   */
  backward(gradient: OutputGradient, options: BackwardOptions = {}): GaussianGradients {
    const pool = this.#pool;
    pool.check('backward');
    pool.wake();
    if (this.#scene === undefined)
      throw new SplatError({
        code: 'splat.state',
        where: 'backward.render',
        expected: 'a render before it',
        got: 'none that succeeded',
        remedy: 'call render first',
      });
    const { count, rest, camera, background, tiles } = this.#scene;
    const pixels = camera.width * camera.height;
    const shape = `with H=${camera.height}, W=${camera.width}`;
    checkFloats('backward.color', gradient.color, pixels * 3, `[H, W, 3] ${shape}`);
    if (gradient.transmittance !== undefined)
      checkFloats('backward.transmittance', gradient.transmittance, pixels, `[H, W] ${shape}`);
    if (gradient.depth !== undefined) checkFloats('backward.depth', gradient.depth, pixels, `[H, W] ${shape}`);
    const groups = wantedGroups(options.groups);
    const result = allocateGradients(count, rest, background, groups, options.into);

    this.#take('backward.color', L.P_COLOR_GRADIENT, this.#colorGradientAt, gradient.color);
    if (gradient.transmittance !== undefined) {
      this.#view(L.P_TRANSMITTANCE_GRADIENT, pixels).set(gradient.transmittance);
      this.#checkFinite('backward.transmittance', gradient.transmittance, L.P_TRANSMITTANCE_GRADIENT);
    }
    if (gradient.depth !== undefined) {
      this.#view(L.P_DEPTH_GRADIENT, pixels).set(gradient.depth);
      this.#checkFinite('backward.depth', gradient.depth, L.P_DEPTH_GRADIENT);
    }
    this.#i32[L.C_HAS_DEPTH_GRADIENT >> 2] = gradient.depth === undefined ? 0 : 1;
    this.#i32[L.C_HAS_TRANSMITTANCE_GRADIENT >> 2] = gradient.transmittance === undefined ? 0 : 1;
    this.#i32[L.C_WANT_GEOMETRY >> 2] = (['means', 'quats', 'logScales', 'means2d', 'shRest'] as const).some((group) =>
      groups.has(group),
    )
      ? 1
      : 0;
    pool.run(L.JOB_BACKWARD, tiles);
    pool.run(L.JOB_GATHER, Math.ceil(count / L.CHUNK));
    for (const group of PARAMETER_GROUPS)
      if (groups.has(group)) result[group].set(this.#view(GRADIENT_FIELDS[group], count * GROUP_WIDTHS[group]));
    if (groups.has('shRest')) result.shRest?.set(this.#view(L.P_GRAD_SH_REST, count * rest * 3));
    if (groups.has('background'))
      backgroundGradient(this.#view(L.P_TRANSMITTANCE, pixels), gradient.color, background, result.background);
    return result;
  }

  /**
   * (1 - λ) L1 + λ (1 - SSIM) of two images and its gradient by the first: SSIM of Wang et al. 2004 per channel, 11x11
   * Gaussian window with σ = 1.5, K = 0.01 and 0.03, range 1, zeros beyond the border (as the losses of 3DGS). With
   * weights w both are Σ w m / (3 Σ w). It leaves the last render as it is, so `backward` can follow.
   *
   * @returns the loss; `gradient` is `options.into` if given, and may be lent like a render's output
   * @throws SplatError `splat.input`, `splat.memory`, `splat.state`
   */
  imageLoss(input: ImageLossInput, options: LossOptions = {}): ImageLoss {
    const pool = this.#pool;
    pool.check('imageLoss');
    pool.wake();
    const { width, height, image, target, weights, ssimWeight = 0.2 } = input;
    checkImageLoss(input, options.into);
    const pixels = width * height;
    const total = sumOfWeights(weights, pixels);

    this.#layLoss(width, height);
    this.#put(L.P_LOSS_IMAGE, this.#address(L.P_LOSS_IMAGE), image);
    this.#view(L.P_LOSS_TARGET, pixels * 3).set(target);
    if (weights !== undefined) this.#view(L.P_LOSS_WEIGHTS, pixels).set(weights);
    const ssim = ssimWeight > 0;
    this.#i32[L.C_HAS_WEIGHTS >> 2] = weights === undefined ? 0 : 1;
    this.#i32[L.C_HAS_SSIM >> 2] = ssim ? 1 : 0;
    this.#f64[L.D_L1_FACTOR >> 3] = (1 - ssimWeight) / total;
    this.#f64[L.D_SSIM_FACTOR >> 3] = -ssimWeight / total;

    const units = Math.ceil(height / L.LOSS_ROWS);
    if (ssim) pool.run(L.JOB_LOSS_MAP, units);
    pool.run(L.JOB_LOSS_GRADIENT, units);
    const sums = new Float64Array(pool.memory.buffer, this.#address(L.P_LOSS_SUMS), height * 2);
    let l1 = 0;
    let map = 0;
    for (let row = 0; row < height; row++) {
      l1 += sums[2 * row];
      if (ssim) map += sums[2 * row + 1];
    }
    l1 /= total;
    map /= total;
    // numbers that are not finite show in the sum of differences: none has to be looked for where there are none
    if (!Number.isFinite(l1)) {
      this.#checkFinite('imageLoss.image', image, L.P_LOSS_IMAGE);
      this.#checkFinite('imageLoss.target', target, L.P_LOSS_TARGET);
    }
    const made = this.#view(L.P_LOSS_GRADIENT, pixels * 3);
    options.into?.set(made);
    const gradient = options.into ?? (options.lend === true ? made : made.slice());
    return {
      value: (1 - ssimWeight) * l1 + (ssim ? ssimWeight * (1 - map) : 0),
      l1,
      ssim: ssim ? map : Number.NaN,
      gradient,
    };
  }

  /**
   * What the last render cost. `tilePairs` are a pixel of a tile and a Gaussian of the tile's list, all that a
   * rasteriser without quad masks and early stop evaluates; `evaluatedPairs` those that were. `bytes` is what the scene
   * holds of the memory, `memoryBytes` how large that has grown.
   */
  statistics(): {
    readonly evaluatedPairs: number;
    readonly tilePairs: number;
    readonly visible: number;
    readonly bytes: number;
    readonly memoryBytes: number;
  } {
    const words = new BigUint64Array(
      this.#pool.memory.buffer,
      this.#address(L.P_STATISTICS),
      (this.threads * L.STATISTICS_BYTES) / 8,
    );
    let pairs = 0;
    for (let thread = 0; thread < this.threads; thread++) pairs += Number(words[(thread * L.STATISTICS_BYTES) / 8]);
    const tiles = this.#scene?.tiles ?? 0;
    const starts = new Int32Array(this.#pool.memory.buffer, this.#address(L.P_TILE_STARTS), tiles + 1);
    return {
      evaluatedPairs: tiles > 0 ? pairs : 0,
      tilePairs: tiles > 0 ? starts[tiles] * L.TILE_PIXELS : 0,
      visible: tiles > 0 ? this.#i32[L.C_VISIBLE >> 2] : 0,
      bytes: this.#sceneEnd,
      memoryBytes: this.#pool.memory.buffer.byteLength,
    };
  }

  /** Ends the workers and gives the memory back. Further calls throw `splat.state`. */
  dispose(): void {
    this.#scene = undefined;
    this.#pool.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #address(field: number): number {
    return this.#i32[field >> 2] >>> 0;
  }

  #view(field: number, length: number): Float32Array {
    return new Float32Array(this.#pool.memory.buffer, this.#address(field), length);
  }

  /** Gives a buffer its address; returns where the next can lie. */
  #place(at: number, field: number, bytes: number): number {
    this.#i32[field >> 2] = at;
    return at + Math.ceil(bytes / 16) * 16;
  }

  /** Copies values to where they are worked on, and checks them, unless this rasteriser lent them. */
  #take(where: string, field: number, at: number, values: Float32Array): void {
    if (this.#put(field, at, values)) this.#checkFinite(where, values, field);
  }

  /**
   * Copies values to where they are worked on; those that this rasteriser lent are worked on where they lie. Returns
   * whether it copied.
   */
  #put(field: number, at: number, values: Float32Array): boolean {
    const lent = values.buffer === this.#pool.memory.buffer;
    this.#i32[field >> 2] = lent ? values.byteOffset : at;
    if (!lent) this.#view(field, values.length).set(values);
    return !lent;
  }

  #checkFinite(where: string, values: Float32Array, field: number): void {
    const index = this.#pool.exports.firstNotFinite(this.#address(field), values.length);
    if (index >= 0) failNotFinite(where, values, index);
  }

  /** Lays out everything whose size is known before the projection; returns where the entries can lie. */
  #layScene(count: number, rest: number, pixels: number, tiles: number, image: boolean): number {
    let at = this.#base;
    const place = (field: number, bytes: number): void => {
      at = this.#place(at, field, bytes);
    };
    place(L.P_MEANS, count * 12);
    place(L.P_QUATS, count * 16);
    place(L.P_LOG_SCALES, count * 12);
    place(L.P_OPACITY_LOGITS, count * 4);
    place(L.P_COLORS, count * 12);
    place(L.P_SH_REST, count * rest * 12);
    place(L.P_GRAD_SH_REST, count * rest * 12);
    at = Math.ceil(at / L.RECORD_BYTES) * L.RECORD_BYTES;
    place(L.P_RECORDS, count * L.RECORD_BYTES);
    for (const field of [L.P_TILE_COUNTS, L.P_STARTS, L.P_KEYS_A, L.P_KEYS_B, L.P_ORDER_A, L.P_ORDER_B])
      place(field, count * 4);
    for (const group of PARAMETER_GROUPS) place(GRADIENT_FIELDS[group], count * GROUP_WIDTHS[group] * 4);
    place(L.P_TILE_STARTS, (tiles + 1) * 4);
    place(L.P_TILE_CURSORS, tiles * 4 * this.#blocks);
    place(L.P_COLOR, pixels * 12);
    place(L.P_COLOR_GRADIENT, pixels * 12);
    for (const field of [L.P_TRANSMITTANCE, L.P_TRANSMITTANCE_GRADIENT, L.P_DEPTH, L.P_DEPTH_GRADIENT, L.P_STOPS])
      place(field, pixels * 4);
    place(L.P_BACKGROUND, image ? pixels * 12 : 0);
    this.#colorGradientAt = this.#address(L.P_COLOR_GRADIENT);
    this.#pool.reserve(at, `${count} Gaussians and ${pixels} pixels`);
    return at;
  }

  #writeScene(
    gaussians: GaussianArrays,
    camera: Camera,
    background: Background,
    image: boolean,
    depth: boolean,
    compensate: boolean,
  ): void {
    const count = gaussians.opacityLogits.length;
    this.#view(L.P_MEANS, count * 3).set(gaussians.means);
    this.#view(L.P_QUATS, count * 4).set(gaussians.quats);
    this.#view(L.P_LOG_SCALES, count * 3).set(gaussians.logScales);
    this.#view(L.P_OPACITY_LOGITS, count).set(gaussians.opacityLogits);
    this.#view(L.P_COLORS, count * 3).set(gaussians.colors);
    if (gaussians.shRest !== undefined) this.#view(L.P_SH_REST, gaussians.shRest.length).set(gaussians.shRest);
    const { width, height } = camera;
    const i32 = this.#i32;
    i32[L.C_SH_REST >> 2] = restOf(gaussians);
    i32[L.C_COMPENSATE >> 2] = compensate ? 1 : 0;
    i32[L.C_COUNT >> 2] = count;
    i32[L.C_WIDTH >> 2] = width;
    i32[L.C_HEIGHT >> 2] = height;
    i32[L.C_TILES_X >> 2] = Math.ceil(width / L.TILE);
    i32[L.C_TILES_Y >> 2] = Math.ceil(height / L.TILE);
    i32[L.C_BACKGROUND_IMAGE >> 2] = image ? 1 : 0;
    i32[L.C_DEPTH >> 2] = depth ? 1 : 0;
    if (image) this.#view(L.P_BACKGROUND, width * height * 3).set(background);
    else this.#f64.set(background, L.D_BACKGROUND >> 3);
    const limits = viewLimits(camera);
    const f64 = this.#f64;
    for (let i = 0; i < 12; i++) f64[(L.D_WORLD_TO_CAMERA >> 3) + i] = camera.worldToCamera[i];
    f64.set(cameraPosition(camera.worldToCamera), L.D_EYE >> 3);
    f64[L.D_FX >> 3] = camera.fx;
    f64[L.D_FY >> 3] = camera.fy;
    f64[L.D_CX >> 3] = camera.cx;
    f64[L.D_CY >> 3] = camera.cy;
    f64[L.D_NEAR >> 3] = camera.near ?? DEFAULT_NEAR;
    f64[L.D_LIMIT_X_LOW >> 3] = limits.xLow;
    f64[L.D_LIMIT_X_HIGH >> 3] = limits.xHigh;
    f64[L.D_LIMIT_Y_LOW >> 3] = limits.yLow;
    f64[L.D_LIMIT_Y_HIGH >> 3] = limits.yHigh;
  }

  /** The loss lies behind the scene of the last render, which it leaves alone. */
  #layLoss(width: number, height: number): void {
    const pixels = width * height;
    // rows of an odd number of cache lines: those that a column's window sees then lie in different sets of the cache
    const oddLines = (bytes: number): number => (Math.ceil(bytes / 64) * 64) | 64;
    const quads = Math.ceil(width / 16) * 192;
    const stride = oddLines(quads) / 4;
    const scratchStride = oddLines(L.LOSS_PAD + quads + L.LOSS_PAD_AFTER);
    let at = this.#sceneEnd;
    const place = (field: number, bytes: number): void => {
      at = this.#place(at, field, bytes);
    };
    place(L.P_LOSS_IMAGE, pixels * 12 + 16);
    place(L.P_LOSS_TARGET, pixels * 12 + 16);
    place(L.P_LOSS_WEIGHTS, pixels * 4);
    place(L.P_LOSS_GRADIENT, pixels * 12);
    place(L.P_LOSS_PARTIALS, stride * height * 4 * L.LOSS_PARTIALS);
    place(L.P_LOSS_SUMS, height * 16);
    place(L.P_LOSS_SCRATCH, this.threads * L.LOSS_SCRATCH_ROWS * scratchStride);
    this.#pool.reserve(at, `an image loss of ${width}x${height} pixels`);
    this.#i32[L.C_LOSS_WIDTH >> 2] = width;
    this.#i32[L.C_LOSS_HEIGHT >> 2] = height;
    this.#i32[L.C_PLANE_STRIDE >> 2] = stride;
    this.#i32[L.C_LOSS_SCRATCH_STRIDE >> 2] = scratchStride;
    this.#f64.set(gaussianWindow().subarray(5), L.D_WINDOW >> 3);
  }
}
