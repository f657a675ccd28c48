import {
  drawMesh,
  LayerPixels,
  layerSampler,
  layerSource,
  type BodyLayer,
  type BodyLayers,
  type Canvas,
} from '@soliloquy/body-layers';
import type { GatherEngine } from '@soliloquy/image-kernels';
import { smoothstep } from '@soliloquy/signal';
import type { BodyField, PointArrays } from '../body-field.ts';
import type { PuppetMotion } from '../motion.ts';
import { armBones } from './arm-bones.ts';
import { poseOf, type ArmRigs } from './arm-pose.ts';
import type { ArmPose, ArmRig } from './arm-rig.ts';
import { poseMesh, puppetMesh, type PuppetMesh } from './limb-pose.ts';

/** How far a wrist goes until nothing of its rest is left, widths of the shoulders. */
const APART = 0.02;

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
  readonly mesh: PuppetMesh;
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
  const source = await layerSource(layers, oversampling);
  const canvas: Canvas = {
    width: taken.width,
    height: taken.height,
    places: new Int32Array(taken.width * taken.height).fill(-1),
  };
  const pixels = new LayerPixels();
  const sampler = layerSampler(source.planes, engine);

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
      await sampler.layOver(pixels, rgba);
    },
    async composeMatte(frame, coverage) {
      place(frame);
      await sampler.cover(pixels, coverage);
    },
  };
}

/** How far an arm has left its rest, 0 … 1; 0 only at rest itself. */
export function apartOf({ unit }: ArmRig, { out, up, turn, spread, raised }: ArmPose): number {
  const way = Math.hypot(out, up) + 0.2 * Math.abs(turn) + 0.02 * Math.abs(spread) + raised / unit;
  return smoothstep(0, APART, way);
}

function pieceOf(layer: BodyLayer, taken: BodyLayers, rig: ArmRig): Piece {
  const mesh = puppetMesh(layer, taken.arms[rig.side]!, rig);
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
