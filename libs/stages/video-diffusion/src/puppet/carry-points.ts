import type { BodyLayer, BodyLayers } from '@soliloquy/body-layers';
import {
  colorReader,
  filmFace,
  lipSeam,
  toFace,
  toPicture,
  type FilmFace,
  type LipSeam,
  type Placement,
} from '@soliloquy/face';
import { bodyField, type BodyField, type PointArrays } from './body-field.ts';
import { createEyes, type Eyes } from './eyes.ts';
import { armBones } from './limbs/arm-bones.ts';
import { armRigs, poseOf } from './limbs/arm-pose.ts';
import type { ArmRig } from './limbs/arm-rig.ts';
import { poseMesh, puppetMesh, type PuppetMesh } from './limbs/limb-pose.ts';
import { apartOf, carryNodes } from './limbs/limbs.ts';
import type { PuppetMotion } from './motion.ts';
import { createMouth, type Mouth } from './mouth.ts';
import type { PuppetScene } from './prepare-scene.ts';

/** Rounds in which a backward map is inverted; each leaves less than half of what the one before it left. */
const ROUNDS = 24;

/** Where material points of the picture are in a film. */
export interface PointCarrier {
  /**
   * @param points  f32 [Q, 2] film pixels at rest, pixel centres at .5
   * @param carried f32 [Q, 2] written: film pixels
   */
  carry(motion: PuppetMotion, frame: number, points: Float32Array, carried: Float32Array): void;
}

/** All that moves points; film pixels. */
interface Movers {
  readonly face: FilmFace;
  readonly seam: LipSeam;
  readonly mouth: Mouth;
  readonly eyes: Eyes;
  readonly body: BodyField;
  readonly sources: PointArrays;
  readonly pieces: readonly Piece[];
  readonly taken: BodyLayers;
}

/** A piece of an arm. */
interface Piece {
  readonly layer: BodyLayer;
  readonly rig: ArmRig;
  readonly mesh: PuppetMesh;
  readonly moved: PointArrays;
}

/**
 * The puppet's motion as a forward map: what its films are made of is where pixels come from, and this is where points
 * go, of the same maps. It is the truth that a tracker is judged by. A point belongs to the layer that shows most of
 * its pixel; on the trunk the maps of body, mouth and brows are inverted by fixed-point rounds (to 1e-3 pixels; a lip's
 * point stays on its lip), on an arm the mesh carries it. What lies on a lid or in an eye has no place while it is
 * shut: only the rest of its motion is given.
 */
export function pointCarrier(scene: Omit<PuppetScene, 'background'>): PointCarrier {
  const { image, landmarks, taken, width, height } = scene;
  const face = filmFace(landmarks, width, height);
  const read = colorReader(image, filmFace(landmarks, image.width, image.height));
  const seam = lipSeam(face, read);
  const rigs = armRigs(taken);
  const body = bodyField(landmarks, width, height, rigs);
  const pieces = taken.layers
    .filter(({ part }) => part !== 'trunk')
    .map((layer): Piece => {
      const rig = rigs[layer.side!]!;
      const mesh = puppetMesh(layer, taken.arms[layer.side!]!, rig);
      return { layer, rig, mesh, moved: nodesOf(mesh.nodes.length) };
    });
  const movers: Movers = {
    ...{ face, seam, body, pieces, taken },
    mouth: createMouth(face, seam, read),
    eyes: createEyes(face, read),
    sources: nodesOf(body.grid.nodes),
  };
  return {
    carry(motion, frame, points, carried) {
      pose(movers, motion, frame);
      for (let i = 0; i < points.length; i += 2) {
        const at = { x: points[i], y: points[i + 1] };
        const piece = pieceAt(movers, at);
        const apart = piece ? apartOfAny(movers, motion, frame) : 0;
        const whole = apart < 1 ? onTrunk(movers, motion, { frame, at }) : at;
        const onArm = piece && apart > 0 ? onMesh(piece, at) : whole;
        carried[i] = whole.x + apart * (onArm.x - whole.x);
        carried[i + 1] = whole.y + apart * (onArm.y - whole.y);
      }
    },
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function nodesOf(count: number): PointArrays {
  return { xs: new Float32Array(count), ys: new Float32Array(count) };
}

function pose({ body, sources, pieces }: Movers, motion: PuppetMotion, frame: number): void {
  body.backward(motion, frame, sources);
  body.carry(motion, frame);
  for (const { rig, mesh, moved } of pieces) {
    const asked = poseOf(rig, motion, frame);
    poseMesh(mesh, armBones(rig, asked), asked, moved);
    carryNodes(body, moved);
  }
}

/** As `createLimbs` has it: all arms leave the picture as one. */
function apartOfAny({ pieces }: Movers, motion: PuppetMotion, frame: number): number {
  return Math.max(...pieces.map(({ rig }) => apartOf(rig, poseOf(rig, motion, frame))));
}

/** The piece of an arm that shows most of a pixel; undefined where that is the trunk. */
function pieceAt({ pieces, taken }: Movers, { x, y }: Place): Piece | undefined {
  const column = Math.min(taken.width - 1, Math.max(0, Math.floor(x)));
  const at = Math.min(taken.height - 1, Math.max(0, Math.floor(y))) * taken.width + column;
  let [most, found] = [taken.layers[0].shown[at], undefined as Piece | undefined];
  for (const piece of pieces) if (piece.layer.shown[at] > most) [most, found] = [piece.layer.shown[at], piece];
  return found;
}

/** Where the square of a mesh that a place lies in takes it: affine in each of its two triangles. */
function onMesh({ mesh, moved }: Piece, { x, y }: Place): Place {
  const { cells, nodes, step } = mesh;
  for (let c = 0; c < cells.length; c += 4) {
    const [s, t] = [(x - nodes[cells[c]].x) / step, (y - nodes[cells[c]].y) / step];
    if (s < 0 || t < 0 || s > 1 || t > 1) continue;
    const upper = s + t <= 1;
    const [i, j, k] = upper ? [cells[c], cells[c + 1], cells[c + 2]] : [cells[c + 3], cells[c + 2], cells[c + 1]];
    const [a, b] = upper ? [s, t] : [1 - s, 1 - t];
    const mix = (values: Float32Array): number => values[i] + a * (values[j] - values[i]) + b * (values[k] - values[i]);
    return { x: mix(moved.xs), y: mix(moved.ys) };
  }
  return { x, y };
}

/** The frame's maps of mouth, lids and brows, then the body's, both inverted. */
function onTrunk(movers: Movers, motion: PuppetMotion, { frame, at }: { frame: number; at: Place }): Place {
  const { body, sources } = movers;
  const onFace = onMouthOrBrow(movers, motion, { frame, at });
  const { grid } = body;
  let [x, y] = [onFace.x, onFace.y];
  for (let round = 0; round < ROUNDS; round++) {
    const gx = Math.min(grid.columns - 1.001, Math.max(0, x / grid.step));
    const gy = Math.min(grid.rows - 1.001, Math.max(0, y / grid.step));
    const node = Math.floor(gy) * grid.columns + Math.floor(gx);
    const [fx, fy] = [gx - Math.floor(gx), gy - Math.floor(gy)];
    const mix = (values: Float32Array): number =>
      (1 - fy) * ((1 - fx) * values[node] + fx * values[node + 1]) +
      fy * ((1 - fx) * values[node + grid.columns] + fx * values[node + grid.columns + 1]);
    x += onFace.x - mix(sources.xs);
    y += onFace.y - mix(sources.ys);
  }
  return { x, y };
}

/** A place of the face moved by mouth or brows: u and v with place(u, v) = the place's own, on its side of the seam. */
function onMouthOrBrow(
  { face, seam, mouth, eyes }: Movers,
  { channels }: PuppetMotion,
  { frame, at }: { frame: number; at: Place },
): Place {
  const rest = toFace(face, at.x, at.y);
  const lips = mouth.state(channels.jawOpen[frame], channels.lipWidth[frame], channels.lipPart[frame]);
  const look = { blink: 0, browRaise: channels.browRaise[frame], gazeX: 0, gazeY: 0 };
  const onMouth = mouth.concerns(rest.u, rest.v, 0);
  if (!onMouth && !eyes.concerns(rest.u, rest.v, 0)) return at;
  const below = rest.v > seam.at(rest.u);
  let [u, v] = [rest.u, rest.v + (onMouth ? (below ? lips.drop : -lips.raise) : 0)];
  const pixel: Placement = { u, v, red: 0, green: 0, blue: 0, cover: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    [pixel.u, pixel.v] = [u, v];
    if (onMouth) mouth.place(lips, pixel);
    else eyes.place(look, pixel);
    u += rest.u - pixel.u;
    v += rest.v - pixel.v;
  }
  return toPicture(face, u, v);
}
