import { createGather, planesFrom, type Gather, type GatherEngine, type Planes } from '@soliloquy/image-kernels';
import type { PointArrays } from './body-field.ts';
import { composeFrame, composeMatte, paintStill, type StillLayer } from './compose.ts';
import { createLimbs, type Limbs } from './limbs/limbs.ts';
import type { PuppetMotion } from './motion.ts';
import { createPixelPlacer, pointBuffers } from './place-pixels.ts';
import { OVERSAMPLING, prepareScene, type PreparedScene, type PuppetScene } from './prepare-scene.ts';

/** Paints the frames of one film. Calls may overlap; they are done in turn. */
export interface PuppetRenderer {
  readonly width: number;
  readonly height: number;
  /** @param rgba u8 [height, width, 4] written */
  frame(index: number, rgba: Uint8ClampedArray): Promise<void>;
  /** @param coverage u8 [height, width] written: coverage of the person */
  matte(index: number, coverage: Uint8ClampedArray): Promise<void>;
}

/**
 * Prepares a picture for being moved. The person is a trunk and arms over a still background; of the trunk's pixels
 * only those near the matte are ever computed. A frame is made in four steps: every moving pixel of the trunk is placed
 * in the picture, the picture is sampled there, what comes of it is laid over what never moves, and the arms over that.
 * Where no arm is asked for anything the picture is moved whole, and is at rest what it is, to the last bit; a little
 * way from there the two are mixed.
 */
export async function puppetRenderer(
  scene: PuppetScene,
  motion: PuppetMotion,
  engine: GatherEngine,
): Promise<PuppetRenderer> {
  const prepared = await prepareScene(scene, motion);
  const { moving, width, height, body, rigs } = prepared;
  const placer = createPixelPlacer(prepared, motion);
  const limbs = await createLimbs({ taken: scene.taken, rigs, body, oversampling: OVERSAMPLING }, motion, engine);
  const whole = sheetOf(prepared, prepared.whole, engine);
  const trunk = prepared.trunk && sheetOf(prepared, prepared.trunk, engine);

  async function paint(index: number, sheet: Sheet, rgba: Uint8ClampedArray): Promise<void> {
    rgba.set((await sheet.still()).rgba);
    if (moving.indices.length === 0) return;
    placer.place(index, moving.indices.length);
    const alpha = await sheet.outline(placer.from);
    composeFrame(rgba, moving, { colors: await sheet.colors(placer.from), alpha, paint: placer.paint });
  }
  async function cover(index: number, sheet: Sheet, coverage: Uint8ClampedArray): Promise<void> {
    coverage.set((await sheet.still()).matte);
    if (moving.outline === 0) return;
    placer.place(index, moving.outline);
    composeMatte(coverage, moving, await sheet.outline(placer.from));
  }
  /** The picture whole, or trunk and arms, or some of both where arms are just leaving their rest. */
  async function eitherWay(index: number, out: Uint8ClampedArray, { sheet, arms }: Painted): Promise<void> {
    const apart = limbs?.apart(index) ?? 0;
    if (apart < 1) await sheet(whole, out);
    if (!trunk || !limbs || apart === 0) return;
    const layered = apart < 1 ? new Uint8ClampedArray(out.length) : out;
    await sheet(trunk, layered);
    await arms(limbs, layered);
    if (apart < 1) for (let i = 0; i < out.length; i++) out[i] += apart * (layered[i] - out[i]);
  }

  const inTurn = oneAtATime();
  return {
    width,
    height,
    frame: (index, rgba) =>
      inTurn(() =>
        eitherWay(index, rgba, {
          sheet: (sheet, out) => paint(index, sheet, out),
          arms: (limbs, out) => limbs.compose(index, out),
        }),
      ),
    matte: (index, coverage) =>
      inTurn(() =>
        eitherWay(index, coverage, {
          sheet: (sheet, out) => cover(index, sheet, out),
          arms: (limbs, out) => limbs.composeMatte(index, out),
        }),
      ),
  };
}

/** What is painted of a frame, its colors or its coverage. */
interface Painted {
  /** all but the arms */
  readonly sheet: (sheet: Sheet, out: Uint8ClampedArray) => Promise<void>;
  readonly arms: (limbs: Limbs, out: Uint8ClampedArray) => Promise<void>;
}

/** A picture that is moved: what of it never does, and what it shows where its pixels were placed. */
interface Sheet {
  still(): Promise<StillLayer>;
  /** f32 [moving] each of the three */
  colors(from: PointArrays): Promise<readonly Float32Array[]>;
  /** f32 [outline] coverage */
  outline(from: PointArrays): Promise<Float32Array>;
}

/** Compiled when it is first asked for. */
function sheetOf(prepared: PreparedScene, source: Planes, engine: GatherEngine): Sheet {
  const { moving } = prepared;
  const edge = pointBuffers(moving.outline);
  const gathers: { color?: Gather; coverage?: Gather } = {};
  let still: Promise<StillLayer> | undefined;
  return {
    still: () => (still ??= paintStill(prepared, source, engine)),
    async colors(from) {
      gathers.color ??= await createGather(planesFrom(source, 0, 3), from.xs.length, engine);
      return gathers.color.sample(from.xs, from.ys);
    },
    async outline(from) {
      if (moving.outline === 0) return new Float32Array(0);
      edge.xs.set(from.xs.subarray(0, moving.outline));
      edge.ys.set(from.ys.subarray(0, moving.outline));
      gathers.coverage ??= await createGather(planesFrom(source, 3, 1), edge.xs.length, engine);
      return (await gathers.coverage.sample(edge.xs, edge.ys))[0];
    },
  };
}

/** Does what it is given one after the other, whatever becomes of each: coordinates and results are shared. */
function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
