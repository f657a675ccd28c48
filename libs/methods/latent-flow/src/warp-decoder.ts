import { layerSampler, type BodyLayers, type LayerSampler } from '@soliloquy/body-layers';
import { PLAIN_INSIDE } from '@soliloquy/face';
import { Fault } from '@soliloquy/fault';
import { premultipliedPlanes, type GatherEngine, type Planes } from '@soliloquy/image-kernels';
import { resizeImage, type Image } from '@soliloquy/media';
import { APPEARANCE } from './appearance-numbers.ts';
import { POINT_PARTS } from './canonical-points.ts';
import { faceLook } from './face-look.ts';
import { faceReadouts, type AppearanceScene } from './face-readouts.ts';
import type { FaceState } from './face-warp.ts';
import { flowMaps } from './flow-maps.ts';
import { trunkFlow, type TrunkPose } from './trunk-flow.ts';
import { trunkPixels } from './trunk-pixels.ts';
import { warpLimbs } from './warp-limbs.ts';

/** A picture that films are decoded to. */
export interface WarpScene extends AppearanceScene {
  /** what is behind the person: the picture's aspect, any size */
  readonly background: Image;
  /** `bodyLayers` of the picture at the film's size */
  readonly taken: BodyLayers;
}

/** A person in one frame. */
export interface WarpPose {
  /** f32 [Q, 2] where the canonical points are, film pixels */
  readonly tracks: Float32Array;
  /** f32 [4] in the order of `APPEARANCE` */
  readonly appearance: Float32Array;
}

/** Paints frames. Calls may overlap; they are done in turn. */
export interface WarpDecoder {
  /** film pixels */
  readonly width: number;
  readonly height: number;
  /**
   * @param rgba u8 [height, width, 4] written
   * @throws Fault `latent-flow.argument` for a pose of other sizes, or with numbers that are none
   */
  frame(pose: WarpPose, rgba: Uint8ClampedArray): Promise<void>;
  /**
   * @param coverage u8 [height, width] written: coverage of the person
   * @throws Fault as `frame`
   */
  matte(pose: WarpPose, coverage: Uint8ClampedArray): Promise<void>;
  /** Ends its threads. */
  close(): Promise<void>;
}

/** The picture is stored finer than the film by this factor: cubic sampling then loses nothing a film pixel shows. */
const OVERSAMPLING = 2;

/**
 * A picture warped by where its canonical points are. Trunk and head go backward through the flow of their points, arms
 * that are layers of their own are drawn over them by their bones; lips part where neither flow finds a source; lids
 * and the inside of the mouth are painted so that the numbers of appearance are as asked. At rest it is the picture; a
 * little way from there the picture moved whole and trunk and arms are mixed.
 */
export async function createWarpDecoder(scene: WarpScene, engine: GatherEngine): Promise<WarpDecoder> {
  const { image, landmarks, taken, points, width, height } = scene;
  const readouts = await faceReadouts(scene);
  const look = faceLook(readouts, scene);
  const trunk = trunkFlow({ landmarks, points, taken });
  const maps = flowMaps(scene, { face: readouts.face, line: readouts.inside.line }, trunk);
  const limbs = await warpLimbs(taken, trunk, { oversampling: OVERSAMPLING, engine });
  const person = await resizeImage(image, width, height);
  const trunkImage = taken.layers[0].image;
  const whole = layerSampler(await sourceOf(person), engine);
  const rest = limbs && layerSampler(await sourceOf(trunkImage), engine);
  const behind = (await resizeImage(scene.background, width, height)).data;
  for (let i = 3; i < behind.length; i += 4) behind[i] = 255;
  const pixels = trunkPixels(readouts, maps, { pictures: [person, trunkImage], scale: OVERSAMPLING });

  function place({ tracks, appearance }: WarpPose): number {
    const pose = trunk.pose(tracks);
    maps.pose(pose, tracks);
    const [left, right, dark, bright] = appearance;
    const state: FaceState = {
      leftLid: look.lid('left', left),
      rightLid: look.lid('right', right),
      inside: PLAIN_INSIDE,
      raise: raiseOf(scene, pose, trunk.members, readouts.face.down),
    };
    const inside = look.inside([dark, bright], state, { tracks, sources: maps.sourcesAt });
    pixels.place({ ...state, inside });
    return limbs?.place(pose) ?? 0;
  }

  async function paint(pose: WarpPose, out: Uint8ClampedArray, { lay, ground }: Painted): Promise<void> {
    checkPose(pose, points.count);
    const apart = place(pose);
    ground(out);
    if (apart < 1) await lay(whole, out, true);
    if (apart === 0 || !rest || !limbs) return;
    const layered = apart < 1 ? new Uint8ClampedArray(out.length) : out;
    if (apart < 1) ground(layered);
    await lay(rest, layered, true);
    await lay(limbs.sampler, layered, false);
    if (apart < 1) for (let i = 0; i < out.length; i++) out[i] += apart * (layered[i] - out[i]);
  }

  const inTurn = oneAtATime();
  return {
    width,
    height,
    frame: (pose, rgba) =>
      inTurn(() =>
        paint(pose, rgba, {
          ground: (out) => out.set(behind),
          lay: (sampler, out, onTrunk) =>
            onTrunk ? sampler.layOver(pixels.list, out, pixels.paint) : sampler.layOver(limbs!.pixels, out),
        }),
      ),
    matte: (pose, coverage) =>
      inTurn(() =>
        paint(pose, coverage, {
          ground: (out) => out.fill(0),
          lay: (sampler, out, onTrunk) => sampler.cover(onTrunk ? pixels.list : limbs!.pixels, out),
        }),
      ),
    async close() {
      for (const sampler of [whole, rest, limbs?.sampler]) await sampler?.close();
    },
  };
}

/** What is painted of a frame, its colors or its coverage. */
interface Painted {
  readonly ground: (out: Uint8ClampedArray) => void;
  readonly lay: (sampler: LayerSampler, out: Uint8ClampedArray, onTrunk: boolean) => Promise<void>;
}

async function sourceOf(image: Image): Promise<Planes> {
  const [width, height] = [OVERSAMPLING * image.width, OVERSAMPLING * image.height];
  return premultipliedPlanes((await resizeImage(image, width, height)).data, width, height);
}

/** How far the upper lip's points are above where the head takes them, units of the face. */
function raiseOf(
  { points }: WarpScene,
  { residual }: TrunkPose,
  members: readonly number[],
  down: { readonly x: number; readonly y: number },
): number {
  let [sum, count] = [0, 0];
  members.forEach((q, i) => {
    if (POINT_PARTS[points.parts[q]] !== 'upperLip') return;
    sum -= residual[2 * i] * down.x + residual[2 * i + 1] * down.y;
    count++;
  });
  return count > 0 ? Math.min(0.1, Math.max(0, sum / count / points.unit)) : 0;
}

/** @throws Fault `latent-flow.argument` for a pose of other sizes, or with numbers that are none */
export function checkPose({ tracks, appearance }: WarpPose, count: number): void {
  const numbers = [
    ['tracks', tracks, 2 * count, `f32 [${count}, 2]`],
    ['appearance', appearance, APPEARANCE.length, `f32 [${APPEARANCE.length}]`],
  ] as const;
  for (const [what, values, length, expected] of numbers) {
    const fault = (got: string): Fault =>
      new Fault({
        code: 'latent-flow.argument',
        where: `latent-flow.warp-decoder.${what}`,
        expected,
        got,
        audience: 'author',
      });
    if (values.length !== length) throw fault(`${values.length} numbers`);
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw fault(`${values[at]} at ${at}`);
  }
}

/** Does what it is given one after the other, whatever becomes of each: maps and pixels are shared. */
function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
