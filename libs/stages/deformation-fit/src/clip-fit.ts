import {
  completeMotion,
  createParticleRig,
  Lids,
  resampleDeformation,
  type ParticleRig,
} from '@soliloquy/gaussian-cloud';
import { psnr } from '@soliloquy/image-quality';
import { evenSize } from '@soliloquy/media';
import type { Gaussians, Image, Metrics, ParticleDeformation, Video } from '@soliloquy/ports';
import { openRasterizer, type DeviceRasterizer } from '@soliloquy/splat';
import { metricsOf, StageError, type StageContext } from '@soliloquy/stage';
import { bestClosure } from './best-closure.ts';
import { FIT_FIGURES, GROWN, MEASURED } from './fit-figures.ts';
import { FrameFitter, type StepOptions, type Stiffness, type TargetFrame } from './fit-frame.ts';
import type { SavedMatrix } from './normal-equations.ts';
import { cutView, eyesView, faceView, wholeView, type View } from './views.ts';

/** Weight of staying where a frame's particles started. */
export const HOLD = 0.02;
/** Of the way from the frame before last to the last: how much a frame starts farther on. More loses lips. */
const GOING_ON = 0.25;
/** pixels of the whole view, root mean square over a region: particles that went no farther are where they belong */
const SETTLED = 0.1;

/** What both backbones are given. */
export interface ClipInput {
  readonly gaussians: Gaussians;
  readonly background: Image;
  readonly video: Video;
}

/** The params that say what is fitted, not how. */
export interface ClipParams {
  readonly area: number;
  /** Of the deformation, frames a second; 0 those of the clip. */
  readonly fps: number;
  readonly faceArea: number;
  readonly particles: number;
}

/** Lids, and the index of the view in which they are looked for. */
interface LidSearch {
  readonly lids: Lids;
  readonly view: number;
}

interface ClipParts {
  readonly fps: number;
  readonly rig: ParticleRig;
  readonly fitter: FrameFitter;
  readonly targets: readonly (readonly TargetFrame[])[];
  readonly search: LidSearch | undefined;
  /** Whether a view shows the face alone. */
  readonly hasFace: boolean;
  readonly fx: number;
  readonly rasterizer: DeviceRasterizer;
}

/**
 * A clip with the particles that are to follow it: frames are moved by `fitter`, a motion of the whole clip becomes
 * what the stage returns.
 */
export class ClipFit {
  readonly rig: ParticleRig;
  readonly fitter: FrameFitter;
  /** By frame, then by view. */
  readonly targets: readonly (readonly TargetFrame[])[];
  /** pixels a world unit at distance 1 of the whole view */
  readonly fx: number;
  readonly #gaussians: Gaussians;
  readonly #fps: number;
  readonly #wantedFps: number;
  readonly #rasterizer: DeviceRasterizer;
  readonly #search: LidSearch | undefined;
  readonly #curvatures: SavedMatrix[] = [];
  /** By frame: how far the lids are shut. */
  readonly #closures: number[];
  readonly #hasFace: boolean;
  #stepped: number | undefined;

  private constructor({ gaussians, video }: ClipInput, parts: ClipParts) {
    this.#gaussians = gaussians;
    this.#fps = video.fps;
    this.#wantedFps = parts.fps > 0 ? parts.fps : video.fps;
    this.rig = parts.rig;
    this.fitter = parts.fitter;
    this.targets = parts.targets;
    this.#search = parts.search;
    this.#closures = parts.targets.map(() => 0);
    this.fx = parts.fx;
    this.#rasterizer = parts.rasterizer;
    this.#hasFace = parts.hasFace;
  }

  /** @throws StageError `no-matte` */
  static async open(input: ClipInput, params: ClipParams, ctx: StageContext): Promise<ClipFit> {
    const { gaussians, background, video } = input;
    if (!video.matte)
      throw new StageError({
        code: 'stage.no-matte',
        where: 'deformation-fit.video',
        expected: 'a clip with its matte',
        got: 'one without',
        remedy: 'use a backbone that gives it',
      });
    const { width, height } = evenSize(gaussians.camera.width, gaussians.camera.height, params.area);
    const whole = wholeView(gaussians.camera, width, height);
    const face = faceView(gaussians, video, params.faceArea, whole);
    const rig = createParticleRig(gaussians, params.particles);
    const lids = Lids.of(gaussians, rig);
    const eyes = lids && eyesView(gaussians, video, params.faceArea);
    const views = [whole, face, eyes].filter((view) => view !== undefined);
    const targets = await readTargets(video, views, ctx);
    const rasterizer = await openRasterizer({ device: ctx.device, threads: ctx.threads });
    const fitter = new FrameFitter(
      gaussians,
      rig,
      rasterizer,
      views,
      views.map((view) => cutView(view, background.data, background.width, background.height, 4, 3)),
    );
    const search = lids && eyes && { lids, view: views.indexOf(eyes) };
    const hasFace = face !== undefined;
    const { fx } = whole.camera;
    return new ClipFit(input, { rig, fitter, targets, search, hasFace, fx, rasterizer, fps: params.fps });
  }

  get frames(): number {
    return this.targets.length;
  }

  /** Numbers in the motion of a frame: f32 [P, 3]. */
  get size(): number {
    return this.rig.particles * 3;
  }

  /**
   * Puts particles into a motion where a frame is to start from: where those of the frame before are, and a quarter as
   * far on as they came.
   *
   * @param motion f32 [F, P, 3] world, known before `frame`; filled there
   */
  start(motion: Float32Array, frame: number): void {
    if (frame === 0) return;
    const at = frameOf(motion, frame, this.size);
    const before = frameOf(motion, frame - 1, this.size);
    const earlier = frameOf(motion, Math.max(0, frame - 2), this.size);
    for (let i = 0; i < at.length; i++) at[i] = before[i] + GOING_ON * (before[i] - earlier[i]);
  }

  /**
   * Follows a frame from where its particles start, in place: `steps` steps, after the first of them a look for the
   * lids, and where the body is settled steps of the face alone, whose small and fast motion comes to rest last.
   */
  async follow(
    frame: number,
    translations: Float32Array,
    { steps, rigidity }: { readonly steps: number; readonly rigidity: number },
  ): Promise<void> {
    const anchor = translations.slice();
    const stiffness = { rigidity, anchor: HOLD };
    let settled = false;
    for (let step = 0; step < steps; step++) {
      if (step === Math.min(1, steps - 1)) await this.findLids(frame, translations);
      const moved = await this.step(frame, translations, anchor, { stiffness, faceOnly: settled && this.#hasFace });
      settled ||= step > 0 && moved < SETTLED;
    }
  }

  /**
   * One Gauss-Newton step on a frame, in place (`FrameFitter.step`); its JᵀJ is made by the frame's first. The lids
   * follow the face and stay as shut as they are.
   *
   * @returns how far particles went, pixels (`Stepped`)
   */
  async step(
    frame: number,
    translations: Float32Array,
    anchor: Float32Array,
    options: Omit<StepOptions, 'curvature'>,
  ): Promise<number> {
    if (this.#stepped !== frame) this.fitter.begin();
    this.#stepped = frame;
    const { curvature, moved } = await this.fitter.step(translations, this.targets[frame], anchor, {
      ...options,
      curvature: this.#curvatures[frame],
    });
    this.#curvatures[frame] = curvature;
    this.#shutLids(translations, frame);
    return moved;
  }

  /** Draws a frame's particles, which its steps have settled, towards `anchor`, in place (`FrameFitter.draw`). */
  draw(frame: number, translations: Float32Array, anchor: Float32Array, stiffness: Stiffness): void {
    this.fitter.draw(translations, anchor, stiffness, this.#curvatures[frame]);
    this.#shutLids(translations, frame);
  }

  /** Looks for how far the lids are shut in a frame, from where its other particles are, and shuts them, in place. */
  async findLids(frame: number, translations: Float32Array): Promise<void> {
    if (!this.#search) return;
    const { lids, view } = this.#search;
    const tried = translations.slice();
    const error = this.fitter.errorAbout(view, translations, this.targets[frame][view]);
    this.#closures[frame] = await bestClosure((closure) => {
      lids.shut(tried, closure);
      return error(tried);
    });
    this.#shutLids(translations, frame);
  }

  #shutLids(translations: Float32Array, frame: number): void {
    this.#search?.lids.shut(translations, this.#closures[frame]);
  }

  /**
   * What the stage returns for a motion, in which the lids are as far shut as they were found.
   *
   * @param translations f32 [F, P, 3] world; kept
   */
  async result(translations: Float32Array): Promise<{ deformation: ParticleDeformation; metrics: Metrics }> {
    const { rig, fitter, frames, size } = this;
    const rotations = new Float32Array(frames * rig.particles * 4);
    const logScaleOffsets = new Float32Array(frames * size);
    for (let frame = 0; frame < frames; frame++) {
      this.#shutLids(frameOf(translations, frame, size), frame);
      completeMotion(
        rig.positions,
        fitter.springs,
        frameOf(translations, frame, size),
        rotations.subarray(frame * rig.particles * 4, (frame + 1) * rig.particles * 4),
        frameOf(logScaleOffsets, frame, size),
      );
    }
    const deformation: ParticleDeformation = {
      kind: 'particles',
      frames,
      fps: this.#fps,
      count: this.#gaussians.count,
      ...rig,
      translations,
      rotations,
      logScaleOffsets,
    };
    return {
      deformation: resampleDeformation(deformation, this.#wantedFps),
      metrics: await this.#measure(translations),
    };
  }

  dispose(): void {
    this.#rasterizer.dispose();
  }

  async #measure(translations: Float32Array): Promise<Metrics> {
    const values = { psnr: 0, ssim: 0, undeformed: 0 };
    const rest = await this.fitter.render(new Float32Array(this.size));
    const { width, height } = rest;
    const still = rest.color.slice();
    const share = 1 / Math.ceil(this.frames / MEASURED);
    for (let frame = 0; frame < this.frames; frame += MEASURED) {
      const { color, mask } = this.targets[frame][0];
      const { color: shown } = await this.fitter.render(frameOf(translations, frame, this.size));
      values.psnr += share * psnr({ width, height, image: shown, target: color, mask });
      values.undeformed += share * psnr({ width, height, image: still, target: color, mask });
      values.ssim +=
        share *
        (
          await this.#rasterizer.imageLoss({
            width,
            height,
            image: shown,
            target: color,
            weights: mask,
            ssimWeight: 0.5,
          })
        ).ssim;
    }
    const { psnr: fitted, ssim, undeformed } = values;
    return metricsOf(
      FIT_FIGURES,
      { psnr: fitted, ssim, 'psnr-undeformed': undeformed, gain: fitted - undeformed },
      {
        texts: {
          psnr: `inside the matte grown by ${GROWN} px, at ${width}x${height}, mean over every ${MEASURED}th frame`,
        },
      },
    );
  }
}

/** One frame of f32 [F, size], not a copy. */
export function frameOf(motion: Float32Array, frame: number, size: number): Float32Array {
  return motion.subarray(frame * size, (frame + 1) * size);
}

/** Every frame of the clip in every view, with the matte grown. */
async function readTargets(video: Video, views: readonly View[], ctx: StageContext): Promise<TargetFrame[][]> {
  const targets: TargetFrame[][] = [];
  for await (const data of video.read()) {
    targets.push(
      views.map((view) => ({
        color: cutView(view, data, video.width, video.height, 4, 3),
        mask: new Float32Array(view.camera.width * view.camera.height),
      })),
    );
    ctx.signal.throwIfAborted();
  }
  let frame = 0;
  for await (const data of video.matte!.read()) {
    for (const [index, view] of views.entries()) {
      const { width, height } = view.camera;
      grow(
        cutView(view, data, video.width, video.height, 1, 1),
        width,
        height,
        Math.round((GROWN * view.camera.fx) / views[0].camera.fx),
        targets[frame][index].mask,
      );
    }
    frame++;
    ctx.signal.throwIfAborted();
  }
  return targets;
}

/** 1 where the coverage is above a tenth within `by` pixels, along rows and then columns. */
function grow(coverage: Float32Array, width: number, height: number, by: number, into: Float32Array): void {
  const rows = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (coverage[y * width + x] <= 0.1) continue;
      rows.fill(1, y * width + Math.max(0, x - by), y * width + Math.min(width - 1, x + by) + 1);
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (rows[y * width + x] === 0) continue;
      for (let k = Math.max(0, y - by); k <= Math.min(height - 1, y + by); k++) into[k * width + x] = 1;
    }
  }
}
