import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  PART_OF_REGION,
  particleNeighbours,
  type DeformedGaussians,
  type ParticleNeighbours,
  type ParticlePose,
  type ParticleRig,
} from '@soliloquy/gaussian-cloud';
import type { Gaussians } from '@soliloquy/ports';
import type { DeviceRasterizer, GaussianGradients, RenderOutput } from '@soliloquy/splat';
import { coarseOpacity } from './coarse-opacity.ts';
import { NormalEquations, type SavedMatrix } from './normal-equations.ts';
import { Relaxation } from './relaxation.ts';
import { ShownGaussians } from './shown-gaussians.ts';
import type { View } from './views.ts';

/** One frame of the clip as a view shows it. */
export interface TargetFrame {
  /** f32 [H, W, 3] 0 … 1 */
  readonly color: Float32Array;
  /** f32 [H, W] 1 where the person may be: the matte, grown by a few pixels */
  readonly mask: Float32Array;
}

/** Springs and anchors, in the units of the photometric term (robust residual per pixel). */
export interface Stiffness {
  readonly rigidity: number;
  /** pull towards `anchor` */
  readonly anchor: number;
}

/** Where the robust loss √(r² + ε²) turns from square to straight, colour units. */
const ROBUST = 0.1;
/** pixels of the first view; a longer step would leave the range in which the picture's slope says anything */
const LONGEST_STEP = 1.5;
/** Stiffness with which a step holds every particle where it is. */
const DAMPING = 0.02;
/** Stiffness that holds a particle against every picture. */
const FIRM = 1e6;

export interface StepOptions {
  readonly stiffness: Stiffness;
  /** JᵀJ of the picture from an earlier step on this frame; made here if there is none */
  readonly curvature?: SavedMatrix;
  /** Whether only the finer views are looked at and only the face's particles move; `curvature` must be given. */
  readonly faceOnly?: boolean;
}

/** What one step did. */
export interface Stepped {
  /** the JᵀJ that was used */
  readonly curvature: SavedMatrix;
  /** pixels of the first view: root mean square over the particles of a region, of the farthest beyond the face */
  readonly moved: number;
}

/** Room for one step in one view, used again and again: what a step would allocate is larger than the clip. */
interface Room {
  /** f32 [H, W] */
  readonly robust: Float32Array;
  /** f32 [H, W, 3] */
  readonly residual: Float32Array;
  /** f32 [H, W, 3] */
  readonly structure: Float32Array;
}

/**
 * Moves the particles until the rendered Gaussians look like a frame.
 *
 * Minimises Σ_x ρ(I(x) − T(x)) + rigidity · Σ_e s_e ‖t_a − t_b − (R̄ − 1)(p_a − p_b)‖² + anchor · Σ_p ‖t_p − t̄_p‖²
 * over translations t in the image plane by Gauss-Newton: the gradient of the first term comes from the rasteriser, its
 * JᵀJ from the structure tensor of the rendered and the true frame (Baker and Matthews 2004), weighted by how many
 * pixels each Gaussian is seen in; rotations follow from the translations (`completeMotion`). ρ is √(r² + ε²),
 * reweighted. Depth stays: one fixed camera does not show it. How much of a step a particle takes is learned on the way
 * (`Relaxation`). A frame's JᵀJ hardly changes while it is followed, and a
 * step needs only its gradient to be exact: it is made once a frame and kept for the frame's later steps.
 */
export class FrameFitter {
  readonly springs: ParticleNeighbours;
  readonly #gaussians: Gaussians;
  readonly #rig: ParticleRig;
  readonly #rasterizer: DeviceRasterizer;
  readonly #views: readonly View[];
  readonly #backgrounds: readonly Float32Array[];
  readonly #opacities: readonly Float32Array[];
  readonly #deformed: DeformedGaussians;
  readonly #equations: NormalEquations;
  readonly #pairs: Int32Array;
  readonly #springPairs: Int32Array;
  /** pixels per world unit at each particle */
  readonly #pixels: Float64Array;
  readonly #pose: ParticlePose;
  readonly #rooms: readonly Room[];
  readonly #gradients: GaussianGradients;
  readonly #relaxation: Relaxation;
  /** Of each view but the first, which shows all: what was drawn of the cloud. */
  readonly #shown: readonly (ShownGaussians | undefined)[];
  /** by particle, whether it is of the face */
  readonly #ofFace: readonly boolean[];

  /**
   * @param views       the whole picture first: its pixels are the unit of springs and steps; then details
   * @param backgrounds f32 [H, W, 3] behind the person, for each view
   */
  constructor(
    gaussians: Gaussians,
    rig: ParticleRig,
    rasterizer: DeviceRasterizer,
    views: readonly View[],
    backgrounds: readonly Float32Array[],
  ) {
    this.#gaussians = gaussians;
    this.#rig = rig;
    this.#rasterizer = rasterizer;
    this.#views = views;
    this.#backgrounds = backgrounds;
    this.#opacities = views.map((view) => coarseOpacity(gaussians, view.camera));
    this.springs = particleNeighbours(rig);
    this.#deformed = allocateDeformed(gaussians);
    this.#equations = new NormalEquations(rig.particles, rig.indices, rig.weights, rig.neighbours, this.springs);
    this.#pixels = Float64Array.from(
      { length: rig.particles },
      (_, p) => views[0].camera.fx / rig.positions[p * 3 + 2],
    );
    this.#pose = {
      translations: new Float32Array(rig.particles * 3),
      rotations: new Float32Array(rig.particles * 4),
      logScaleOffsets: new Float32Array(rig.particles * 3),
    };
    this.#rooms = views.map(({ camera: { width, height } }) => {
      const size = width * height;
      return {
        robust: new Float32Array(size),
        residual: new Float32Array(size * 3),
        structure: new Float32Array(size * 3),
      };
    });
    const none = new Float32Array(0);
    this.#gradients = {
      means: none,
      quats: none,
      logScales: none,
      opacityLogits: none,
      colors: new Float32Array(gaussians.count * 3),
      means2d: new Float32Array(gaussians.count * 2),
    };
    this.#relaxation = new Relaxation(rig.particles);
    this.#shown = views.map((_, view) => (view === 0 ? undefined : new ShownGaussians(gaussians.count)));
    this.#ofFace = [...rig.regions].map((region) => PART_OF_REGION[region] === 'face');
    this.#springPairs = Int32Array.from(this.springs.from, (a, e) => this.#equations.pair(a, this.springs.to[e]));
    const K = rig.neighbours;
    this.#pairs = new Int32Array(gaussians.count * K * K).fill(-1);
    for (let n = 0; n < gaussians.count; n++) {
      for (let i = 0; i < K; i++) {
        for (let j = i + 1; j < K; j++) {
          const a = rig.indices[n * K + i];
          const b = rig.indices[n * K + j];
          if (a !== b && rig.weights[n * K + i] !== 0 && rig.weights[n * K + j] !== 0)
            this.#pairs[n * K * K + i * K + j] = this.#equations.pair(a, b);
        }
      }
    }
  }

  /**
   * Renders the particles' translations (f32 [P, 3] world) in the first view. What it returns is good until the next
   * call.
   */
  render(translations: Float32Array): Promise<RenderOutput> {
    this.#carry(translations);
    return this.#draw(0);
  }

  /**
   * Says how far translations (f32 [P, 3] world) are from a frame in one view: Σ_x ρ(I(x) − T(x)).
   *
   * @param view  index, not of the first
   * @param about f32 [P, 3] world: those that are asked for show the same Gaussians, or others within a quarter of the
   *              view's height beside it
   */
  errorAbout(
    view: number,
    about: Float32Array,
    { color, mask }: TargetFrame,
  ): (translations: Float32Array) => Promise<number> {
    const { camera } = this.#views[view];
    const shown = this.#shown[view]!;
    this.#carry(about);
    shown.choose(this.#deformed, camera, camera.height / 4);
    return async (translations) => {
      this.#carry(translations, shown.indices);
      const { color: drawn } = await this.#drawShown(view, shown);
      let sum = 0;
      for (let i = 0, o = 0; i < mask.length; i++, o += 3)
        sum += mask[i] * robustLength(drawn[o] - color[o], drawn[o + 1] - color[o + 1], drawn[o + 2] - color[o + 2]);
      return sum;
    };
  }

  /** What follows is another problem than the steps before: another frame, or other anchors. */
  begin(): void {
    this.#relaxation.begin();
  }

  #carry(translations: Float32Array, only?: Int32Array): void {
    this.#pose.translations.set(translations);
    completeMotion(
      this.#rig.positions,
      this.springs,
      this.#pose.translations,
      this.#pose.rotations,
      this.#pose.logScaleOffsets,
    );
    carryGaussians(this.#gaussians, this.#rig, this.#pose, this.#deformed, only);
  }

  #draw(view: number): Promise<RenderOutput> {
    const shown = this.#shown[view];
    if (!shown) return this.#render(view, { ...this.#deformed, opacityLogits: this.#opacities[view] });
    shown.choose(this.#deformed, this.#views[view].camera);
    return this.#drawShown(view, shown);
  }

  #drawShown(view: number, shown: ShownGaussians): Promise<RenderOutput> {
    return this.#render(view, shown.of(this.#deformed, this.#opacities[view]));
  }

  #render(view: number, cloud: DeformedGaussians): Promise<RenderOutput> {
    return this.#rasterizer.render(cloud, this.#views[view].camera, this.#backgrounds[view], { lend: true });
  }

  /**
   * One Gauss-Newton step, in place.
   *
   * @param translations f32 [P, 3] world
   * @param targets      the frame in each view
   * @param anchor       f32 [P, 3] world, where each particle is drawn to
   */
  async step(
    translations: Float32Array,
    targets: readonly TargetFrame[],
    anchor: Float32Array,
    { stiffness, curvature, faceOnly = false }: StepOptions,
  ): Promise<Stepped> {
    this.#equations.clear();
    this.#carry(translations);
    for (let view = 0; view < this.#views.length; view++)
      if (this.#views[view].stepped && !(faceOnly && view === 0))
        await this.#addView(view, await this.#draw(view), targets[view], curvature === undefined);
    if (curvature) this.#equations.loadMatrix(curvature);
    const used = curvature ?? this.#equations.saveMatrix();
    this.#addSprings(translations, anchor, stiffness);
    if (faceOnly) this.#holdBody();
    const delta = this.#equations.solve();
    this.#relaxation.relax(delta);
    this.#move(translations, delta);
    return { curvature: used, moved: this.#farthest(delta) };
  }

  /**
   * Draws particles that a frame's steps have settled towards `anchor`, in place and without a look at the picture: it
   * is at rest where they are, and its JᵀJ says how dearly it lets them go.
   *
   * @param translations f32 [P, 3] world
   * @param anchor       f32 [P, 3] world
   * @param curvature    JᵀJ of the picture, of the frame's steps
   */
  draw(translations: Float32Array, anchor: Float32Array, stiffness: Stiffness, curvature: SavedMatrix): void {
    this.#equations.clear();
    this.#equations.loadMatrix(curvature);
    this.#stiffen(stiffness);
    this.#pull(translations, anchor, stiffness.anchor);
    this.#move(translations, this.#equations.solve());
  }

  /** Lets nothing but the face go anywhere. */
  #holdBody(): void {
    for (const [p, ofFace] of this.#ofFace.entries()) {
      if (ofFace) continue;
      this.#equations.gradient.fill(0, p * 2, p * 2 + 2);
      this.#equations.addDiagonal(p, FIRM, 0, FIRM);
    }
  }

  /** Root mean square of f64 [P, 2] over the particles of a region, of the region beyond the face where it is most. */
  #farthest(delta: Float64Array): number {
    const sums = new Map<number, { squares: number; count: number }>();
    for (const [p, ofFace] of this.#ofFace.entries()) {
      if (ofFace) continue;
      const { squares, count } = sums.get(this.#rig.regions[p]) ?? { squares: 0, count: 0 };
      const square = delta[p * 2] ** 2 + delta[p * 2 + 1] ** 2;
      sums.set(this.#rig.regions[p], { squares: squares + square, count: count + 1 });
    }
    return Math.max(0, ...[...sums.values()].map(({ squares, count }) => Math.sqrt(squares / count)));
  }

  /** Moves particles (f32 [P, 3] world) by f64 [P, 2] pixels, in place. */
  #move(translations: Float32Array, delta: Float64Array): void {
    for (let p = 0; p < this.#rig.particles; p++) {
      const length = Math.hypot(delta[p * 2], delta[p * 2 + 1]);
      const scale = Math.min(1, LONGEST_STEP / Math.max(length, 1e-9)) / this.#pixels[p];
      translations[p * 3] += delta[p * 2] * scale;
      translations[p * 3 + 1] += delta[p * 2 + 1] * scale;
    }
  }

  /** Adds what a view sees of the difference, after it was drawn: the gradient, and JᵀJ if it is asked for. */
  async #addView(
    view: number,
    { color: shown, transmittance }: RenderOutput,
    target: TargetFrame,
    withCurvature: boolean,
  ): Promise<void> {
    const { width, height } = this.#views[view].camera;
    const { robust, residual, structure: tensor } = this.#rooms[view];
    robust.fill(0);
    residual.fill(0);
    for (let i = 0; i < robust.length; i++) {
      // Also where Gaussians are that the clip does not show: a limb that it has there no more must leave.
      const weight = Math.max(target.mask[i], 1 - transmittance[i]);
      if (weight === 0) continue;
      const r = shown[i * 3] - target.color[i * 3];
      const g = shown[i * 3 + 1] - target.color[i * 3 + 1];
      const b = shown[i * 3 + 2] - target.color[i * 3 + 2];
      robust[i] = weight / robustLength(r, g, b);
      residual[i * 3] = robust[i] * r;
      residual[i * 3 + 1] = robust[i] * g;
      residual[i * 3 + 2] = robust[i] * b;
    }
    const drawn = this.#shown[view]?.indices;
    const into = this.#gradientsOf(drawn?.length ?? this.#gaussians.count);
    this.#addSlope(
      (await this.#rasterizer.backward({ color: residual }, { groups: ['means2d'], into })).means2d,
      drawn,
    );
    if (!withCurvature) return;
    // Each pixel's structure is shared out among the Gaussians that it shows, by their weight in it: the gradient of
    // Σ_x c·S(x) to their colours.
    structureTensor(shown, target.color, robust, transmittance, width, height, tensor);
    const { colors: structure } = await this.#rasterizer.backward({ color: tensor }, { groups: ['colors'], into });
    // Pixels of this view for one of the first view; a finer view counts more than its area, but not as much as its
    // pixels.
    this.#addCurvature(structure, this.#views[view].camera.fx / this.#views[0].camera.fx, drawn);
  }

  #gradientsOf(count: number): GaussianGradients {
    const { colors, means2d } = this.#gradients;
    return { ...this.#gradients, colors: colors.subarray(0, count * 3), means2d: means2d!.subarray(0, count * 2) };
  }

  /**
   * @param means2d f32 [M, 2] gradient to the projected centres
   * @param drawn   i32 [M]: of which Gaussians; of all, unless given
   */
  #addSlope(means2d: Float32Array, drawn?: Int32Array): void {
    const { indices, weights, neighbours: K } = this.#rig;
    const { gradient } = this.#equations;
    for (let m = 0; m < means2d.length / 2; m++) {
      const gx = means2d[m * 2];
      const gy = means2d[m * 2 + 1];
      if (gx === 0 && gy === 0) continue;
      const n = drawn?.[m] ?? m;
      for (let i = n * K; i < (n + 1) * K; i++) {
        gradient[indices[i] * 2] += weights[i] * gx;
        gradient[indices[i] * 2 + 1] += weights[i] * gy;
      }
    }
  }

  /**
   * @param structure f32 [M, 3] xx, xy, yy of JᵀJ of each Gaussian's own shift
   * @param factor    brings it to pixels of the first view
   * @param drawn     i32 [M]: of which Gaussians; of all, unless given
   */
  #addCurvature(structure: Float32Array, factor: number, drawn?: Int32Array): void {
    const { indices, weights, neighbours: K } = this.#rig;
    for (let m = 0; m < structure.length / 3; m++) {
      const xx = factor * structure[m * 3];
      const xy = factor * structure[m * 3 + 1];
      const yy = factor * structure[m * 3 + 2];
      if (xx === 0 && yy === 0) continue;
      const n = drawn?.[m] ?? m;
      for (let i = 0; i < K; i++) {
        const wi = weights[n * K + i];
        if (wi === 0) continue;
        this.#equations.addDiagonal(indices[n * K + i], wi * wi * xx, wi * wi * xy, wi * wi * yy);
        for (let j = i + 1; j < K; j++) {
          const pair = this.#pairs[n * K * K + i * K + j];
          if (pair < 0) continue;
          const w = wi * weights[n * K + j];
          this.#equations.addPair(pair, w * xx, w * xy, w * yy);
        }
      }
    }
  }

  /** Adds the springs and the pull towards the anchor: JᵀJ and, for translations f32 [P, 3] world, the gradient. */
  #addSprings(translations: Float32Array, anchor: Float32Array, { rigidity, anchor: pull }: Stiffness): void {
    this.#stiffen({ rigidity, anchor: pull });
    const { positions } = this.#rig;
    const { rotations } = this.#pose;
    const { gradient } = this.#equations;
    const pixels = this.#pixels;
    for (let e = 0; e < this.springs.from.length; e++) {
      const a = this.springs.from[e];
      const b = this.springs.to[e];
      const scale = (pixels[a] + pixels[b]) / 2;
      const dx = (positions[a * 3] - positions[b * 3]) * scale;
      const dy = (positions[a * 3 + 1] - positions[b * 3 + 1]) * scale;
      // Mean rotation of the two ends, about +z: (cos, sin) of the full angle from the half-angle quaternions.
      const w = rotations[a * 4] + rotations[b * 4];
      const k = rotations[a * 4 + 3] + rotations[b * 4 + 3];
      const norm = w * w + k * k;
      const cos = (w * w - k * k) / norm;
      const sin = (2 * w * k) / norm;
      const rx = (translations[a * 3] - translations[b * 3]) * scale + dx - (cos * dx - sin * dy);
      const ry = (translations[a * 3 + 1] - translations[b * 3 + 1]) * scale + dy - (sin * dx + cos * dy);
      const s = rigidity * this.springs.stiffness[e];
      gradient[a * 2] += s * rx;
      gradient[a * 2 + 1] += s * ry;
      gradient[b * 2] -= s * rx;
      gradient[b * 2 + 1] -= s * ry;
    }
    this.#pull(translations, anchor, pull);
  }

  /** JᵀJ of the springs and of the pull. */
  #stiffen({ rigidity, anchor: pull }: Stiffness): void {
    for (let e = 0; e < this.springs.from.length; e++) {
      const s = rigidity * this.springs.stiffness[e];
      this.#equations.addDiagonal(this.springs.from[e], s, 0, s);
      this.#equations.addDiagonal(this.springs.to[e], s, 0, s);
      this.#equations.addPair(this.#springPairs[e], -s, 0, -s);
    }
    for (let p = 0; p < this.#rig.particles; p++) this.#equations.addDiagonal(p, pull + DAMPING, 0, pull + DAMPING);
  }

  /** Adds the gradient of ½ pull Σ ‖t − t̄‖², pixels. */
  #pull(translations: Float32Array, anchor: Float32Array, pull: number): void {
    const { gradient } = this.#equations;
    for (let p = 0; p < this.#rig.particles; p++)
      for (const axis of [0, 1] as const)
        gradient[p * 2 + axis] += pull * (translations[p * 3 + axis] - anchor[p * 3 + axis]) * this.#pixels[p];
  }
}

/** ρ of the difference of two colours. */
function robustLength(r: number, g: number, b: number): number {
  return Math.sqrt((r * r + g * g + b * b) / 3 + ROBUST * ROBUST);
}

/**
 * The weighted structure tensor Σ_c ∇∇ᵀ of each pixel, mean of the rendered and the true picture, divided by the
 * person's coverage there, so that shared out by blending weights it adds up to the whole. Differences of neighbours,
 * not central ones: those lose half of what a picture at its finest scale has, and the step would be twice too long.
 *
 * @param out f32 [H, W, 3]: xx, xy, yy, filled; 0 on its border
 */
function structureTensor(
  a: Float32Array,
  b: Float32Array,
  weight: Float32Array,
  transmittance: Float32Array,
  width: number,
  height: number,
  out: Float32Array,
): void {
  out.fill(0);
  const rows = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (weight[i] === 0) continue;
      let xx = 0,
        xy = 0,
        yy = 0;
      for (let o = i * 3; o < i * 3 + 3; o++) {
        const ar = a[o + 3] - a[o],
          al = a[o] - a[o - 3],
          ad = a[o + rows] - a[o],
          au = a[o] - a[o - rows];
        const br = b[o + 3] - b[o],
          bl = b[o] - b[o - 3],
          bd = b[o + rows] - b[o],
          bu = b[o] - b[o - rows];
        xx += ar * ar + al * al + br * br + bl * bl;
        xy += (ar + al) * (ad + au) + (br + bl) * (bd + bu);
        yy += ad * ad + au * au + bd * bd + bu * bu;
      }
      const scale = (0.25 * weight[i]) / Math.max(0.05, 1 - transmittance[i]);
      out[i * 3] = scale * xx;
      out[i * 3 + 1] = 0.5 * scale * xy;
      out[i * 3 + 2] = scale * yy;
    }
  }
}
