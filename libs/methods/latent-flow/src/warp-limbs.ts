import {
  drawMesh,
  LayerPixels,
  layerSampler,
  layerSource,
  limbMesh,
  type BodyLayers,
  type Canvas,
  type LayerSampler,
  type LimbMesh,
  type MovedNodes,
  type Side,
} from '@soliloquy/body-layers';
import type { GatherEngine } from '@soliloquy/image-kernels';
import { smoothstep } from '@soliloquy/signal';
import { carriedByBones, type BoneMotions } from './limb-flow.ts';
import type { TrunkFlow, TrunkPlaces, TrunkPose } from './trunk-flow.ts';

/** The arms of a person as they are in a frame. */
export interface WarpLimbs {
  /** what they show; its pixels are those of the frame that was asked for last */
  readonly sampler: LayerSampler;
  readonly pixels: LayerPixels;
  /**
   * Places the pixels of a frame.
   *
   * @returns how far an arm has left the trunk: 0 where all go with it, 1 where one has left its rest
   */
  place(pose: TrunkPose): number;
}

/** How far a limb goes beyond the trunk until nothing of its rest is left, widths of the shoulders. */
const APART = 0.01;

interface Piece {
  readonly side: Side;
  readonly mesh: LimbMesh;
  readonly at: TrunkPlaces;
  readonly onTrunk: Float32Array;
  readonly moved: MovedNodes;
}

/** @returns undefined where no arm is a layer */
export async function warpLimbs(
  taken: BodyLayers,
  trunk: TrunkFlow,
  { oversampling, engine }: { readonly oversampling: number; readonly engine: GatherEngine },
): Promise<WarpLimbs | undefined> {
  const layers = taken.layers.filter(({ part }) => part !== 'trunk');
  if (layers.length === 0) return undefined;
  const pieces = layers.map((layer): Piece => {
    const side = layer.side!;
    const bends = layers.some((other) => other.side === side && other.part === 'forearm');
    const mesh = limbMesh(layer, taken.arms[side]!, { unit: taken.shoulderWidth, bends });
    const count = mesh.nodes.length;
    return {
      ...{ side, mesh },
      at: trunk.placed(Float32Array.from(mesh.nodes.flatMap(({ x, y }) => [x, y]))),
      onTrunk: new Float32Array(2 * count),
      moved: { xs: new Float32Array(count), ys: new Float32Array(count) },
    };
  });
  const { planes, places } = await layerSource(layers, oversampling);
  const { width, height } = taken;
  const canvas: Canvas = { width, height, places: new Int32Array(width * height).fill(-1) };
  const pixels = new LayerPixels();
  return {
    sampler: layerSampler(planes, engine),
    pixels,
    place(pose) {
      pixels.count = 0;
      let farthest = 0;
      pieces.forEach((piece, i) => {
        trunk.carry(piece.at, pose, piece.onTrunk);
        farthest = Math.max(farthest, moveNodes(piece, pose.bones[piece.side]));
        drawMesh(piece.mesh, piece.moved, { canvas, source: places[i] }, pixels);
      });
      return smoothstep(0, APART, farthest / taken.shoulderWidth);
    },
  };
}

/** Each node as its bones carry it, what no bone does with the trunk. @returns farthest from there, film pixels */
function moveNodes({ mesh, onTrunk, moved }: Piece, bones: BoneMotions | undefined): number {
  let farthest = 0;
  const { nodes, upperArm, forearm, hand } = mesh;
  nodes.forEach(({ x, y }, i) => {
    const [trunkX, trunkY] = [x + onTrunk[2 * i], y + onTrunk[2 * i + 1]];
    const onArm = carriedByBones([x, y], [trunkX, trunkY], [upperArm[i], forearm[i], hand[i]], bones);
    [moved.xs[i], moved.ys[i]] = onArm;
    farthest = Math.max(farthest, Math.hypot(onArm[0] - trunkX, onArm[1] - trunkY));
  });
  return farthest;
}
