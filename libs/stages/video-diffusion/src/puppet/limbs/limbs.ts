import type { BodyLayer, BodyLayers } from '@soliloquy/body-layers';
import { createGather, planesFrom, type Gather, type GatherEngine } from '@soliloquy/image-kernels';
import { smoothstep } from '@soliloquy/signal';
import type { BodyField, PointArrays } from '../body-field.ts';
import type { PuppetMotion } from '../motion.ts';
import { armBones } from './arm-bones.ts';
import { poseOf, type ArmRigs } from './arm-pose.ts';
import type { ArmPose, ArmRig } from './arm-rig.ts';
import { limbMesh, poseMesh, type LimbMesh } from './limb-mesh.ts';
import { limbSource, type LimbSource } from './limb-source.ts';
import { drawMesh, LimbPixels, type Canvas } from './raster.ts';

/** How far a wrist goes until nothing of its rest is left, widths of the shoulders. */
const APART = 0.02;
/** Points that a gather takes at once. */
const AT_ONCE = 16_384;

/** The arms of a film, over its trunk. */
export interface Limbs {
  /**
   * 0 where no arm is asked for anything in a frame: then the picture is whole. 1 where one has left its rest; between
   * the two what an arm at rest does to what is behind it, its shadow, fades.
   */
  apart(frame: number): number;
  /** Lays the arms of a frame over what is there. */
  compose(frame: number, rgba: Uint8ClampedArray): Promise<void>;
  /** Adds what the arms of a frame cover. */
  composeMatte(frame: number, coverage: Uint8ClampedArray): Promise<void>;
}

/** A piece of an arm, ready to be drawn. */
interface Piece {
  readonly rig: ArmRig;
  readonly mesh: LimbMesh;
  readonly moved: PointArrays;
}

/** What the arms of a film are made of; film pixels. */
export interface LimbScene {
  readonly taken: BodyLayers;
  readonly rigs: ArmRigs;
  readonly body: BodyField;
  /** pixels of the source for one of the film */
  readonly oversampling: number;
}

/** @returns undefined where no arm is free */
export async function createLimbs(
  { taken, rigs, body, oversampling }: LimbScene,
  motion: PuppetMotion,
  engine: GatherEngine,
): Promise<Limbs | undefined> {
  const layers = taken.layers.filter(({ part }) => part !== 'trunk');
  if (layers.length === 0) return undefined;
  const pieces = layers.map((layer) => pieceOf(layer, taken, rigs[layer.side!]!));
  const source = await limbSource(layers, oversampling);
  const canvas: Canvas = {
    width: taken.width,
    height: taken.height,
    places: new Int32Array(taken.width * taken.height).fill(-1),
  };
  const pixels = new LimbPixels();
  const sampler = samplerOf(source, engine);

  function place(frame: number): void {
    pixels.count = 0;
    body.carry(motion, frame);
    pieces.forEach(({ rig, mesh, moved }, i) => {
      const pose = poseOf(rig, motion, frame);
      const bones = armBones(rig, pose);
      poseMesh(mesh, bones, pose, moved);
      carryNodes(body, moved);
      drawMesh(mesh, moved, { canvas, source: source.places[i] }, pixels);
    });
  }

  return {
    apart: (frame) => Math.max(...Object.values(rigs).map((rig) => apartOf(rig, poseOf(rig, motion, frame)))),
    async compose(frame, rgba) {
      place(frame);
      await sampler(pixels, 'color', (from, count, [red, green, blue, alpha]) =>
        layOver(rgba, pixels.indices.subarray(from, from + count), { red, green, blue, alpha }),
      );
    },
    async composeMatte(frame, coverage) {
      place(frame);
      await sampler(pixels, 'coverage', (from, count, [alpha]) => {
        for (let i = 0; i < count; i++) {
          const at = pixels.indices[from + i];
          coverage[at] += (255 - coverage[at]) * Math.min(1, Math.max(0, alpha[i]));
        }
      });
    },
  };
}

/** How far an arm has left its rest, 0 … 1; 0 only at rest itself. */
export function apartOf({ unit }: ArmRig, { out, up, turn, spread, raised }: ArmPose): number {
  const way = Math.hypot(out, up) + 0.2 * Math.abs(turn) + 0.02 * Math.abs(spread) + raised / unit;
  return smoothstep(0, APART, way);
}

function pieceOf(layer: BodyLayer, taken: BodyLayers, rig: ArmRig): Piece {
  const mesh = limbMesh(layer, taken.arms[rig.side]!, rig);
  const count = mesh.nodes.length;
  return { rig, mesh, moved: { xs: new Float32Array(count), ys: new Float32Array(count) } };
}

/** Takes the nodes along with the body that they hang on. */
export function carryNodes(body: BodyField, { xs, ys }: PointArrays): void {
  const at = { x: 0, y: 0 };
  for (let i = 0; i < xs.length; i++) {
    body.carried(xs[i], ys[i], at);
    xs[i] += at.x;
    ys[i] += at.y;
  }
}

type Take = (from: number, count: number, planes: readonly Float32Array[]) => void;

/** Samples the pixels of a frame, as many at once as the gather takes, and hands them on in their order. */
function samplerOf(
  { planes }: LimbSource,
  engine: GatherEngine,
): (pixels: LimbPixels, what: 'color' | 'coverage', take: Take) => Promise<void> {
  const gathers: { color?: Gather; coverage?: Gather } = {};
  const [xs, ys] = [new Float32Array(AT_ONCE), new Float32Array(AT_ONCE)];
  return async (pixels, what, take) => {
    gathers[what] ??= await createGather(what === 'color' ? planes : planesFrom(planes, 3, 1), AT_ONCE, engine);
    for (let from = 0; from < pixels.count; from += AT_ONCE) {
      const count = Math.min(AT_ONCE, pixels.count - from);
      xs.set(pixels.xs.subarray(from, from + count));
      ys.set(pixels.ys.subarray(from, from + count));
      take(from, count, await gathers[what].sample(xs, ys));
    }
  };
}

interface Sampled {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly alpha: Float32Array;
}

/** Lays premultiplied colors, 0 … 1, over a frame; cubic weights overshoot, so they are kept within their coverage. */
function layOver(rgba: Uint8ClampedArray, indices: Int32Array, { red, green, blue, alpha }: Sampled): void {
  for (let i = 0; i < indices.length; i++) {
    const cover = Math.min(1, Math.max(0, alpha[i]));
    if (cover === 0) continue;
    const at = 4 * indices[i];
    const behind = 1 - cover;
    rgba[at] = 255 * Math.min(cover, Math.max(0, red[i])) + behind * rgba[at];
    rgba[at + 1] = 255 * Math.min(cover, Math.max(0, green[i])) + behind * rgba[at + 1];
    rgba[at + 2] = 255 * Math.min(cover, Math.max(0, blue[i])) + behind * rgba[at + 2];
  }
}
