import { beforeAll, describe, expect, test } from 'vitest';
import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  createParticleRig,
  Lids,
  particleNeighbours,
  regionIndex,
} from '@soliloquy/gaussian-cloud';
import { rgbOf, videoFromFrames } from '@soliloquy/media';
import { REGIONS, type Gaussians, type ParticleDeformation, type RegionName, type Video } from '@soliloquy/ports';
import { createRasterizer } from '@soliloquy/splat';
import { stageContext } from '@soliloquy/testing';
import { room } from '../bench/moving-body.ts';
import { run } from '../src/backbones/control-nodes.ts';
import { run as hexplane } from '../src/backbones/hexplane.ts';
import { bestClosure } from '../src/best-closure.ts';
import { deformationFitStage } from '../src/stage.ts';

const [WIDTH, HEIGHT] = [96, 144];
const EYES = { left: 0.1, right: -0.1 };
/** Of a lid, world: half its width, and from fold to edge; the eye below it is as high. */
const [HALF, LID] = [0.07, 0.06];

/** A face with dark eyes, and lids of the color of its skin above them, just before it. */
function face(): Gaussians {
  const points: { at: [number, number, number]; color: number[]; region: RegionName }[] = [];
  const step = 0.014;
  const isEye = (x: number, y: number): boolean =>
    Object.values(EYES).some((middle) => ((x - middle) / HALF) ** 2 + ((y - 0.5 * LID) / (0.5 * LID)) ** 2 < 1);
  const skin = (x: number, y: number): number[] => [0.8 + 0.08 * Math.sin(40 * x), 0.6 + 0.08 * Math.sin(31 * y), 0.5];
  for (let y = -0.4; y < 0.4; y += step)
    for (let x = -0.3; x < 0.3; x += step)
      points.push({ at: [x, y, 5], color: isEye(x, y) ? [0.1, 0.2, 0.15] : skin(x, y), region: 'upperFace' });
  for (const [side, middle] of Object.entries(EYES))
    for (let v = -LID; v <= 0; v += step / 2)
      for (let u = -HALF; u <= HALF; u += step / 2) {
        const [x, y] = [middle + u, v + 0.4 * LID * (u / HALF) ** 2];
        points.push({ at: [x, y, 4.99], color: skin(x, y), region: side === 'left' ? 'leftEyelid' : 'rightEyelid' });
      }
  const focal = 2.5 * HEIGHT;
  return {
    count: points.length,
    camera: {
      width: WIDTH,
      height: HEIGHT,
      fx: focal,
      fy: focal,
      cx: WIDTH / 2,
      cy: HEIGHT / 2,
      worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    },
    means: Float32Array.from(points.flatMap(({ at }) => at)),
    quats: Float32Array.from(points.flatMap(() => [1, 0, 0, 0])),
    logScales: Float32Array.from(
      points.flatMap(({ region }) => Array(3).fill(Math.log(region === 'upperFace' ? 0.008 : 0.005))),
    ),
    opacityLogits: new Float32Array(points.length).fill(4),
    colors: Float32Array.from(points.flatMap(({ color }) => color)),
    regions: Uint8Array.from(points, ({ region }) => regionIndex(region)),
  };
}

const gaussians = face();
const rig = createParticleRig(gaussians, 248);
const lids = Lids.of(gaussians, rig)!;
const isLid = (p: number): boolean => REGIONS[rig.regions[p]].name.endsWith('Eyelid');
const members = [...rig.regions.keys()].filter(isLid);
/** A face that goes to the right, two pixels in all, and its lids in between. */
const CLOSURES = [0, 0, 0.4, 0.9, 0.9, 0.5, 0, 0];
const motion = CLOSURES.map((closure, frame) => {
  const translations = new Float32Array(rig.particles * 3);
  for (let p = 0; p < rig.particles; p++) translations[p * 3] = (frame / 4) * (5 / gaussians.camera.fx);
  lids.shut(translations, closure);
  return translations;
});

describe('shutting lids', () => {
  test('moves them down over the eyes and nothing else; open they are where the face is', () => {
    const still = new Float32Array(rig.particles * 3);
    lids.shut(still, 1);
    for (let p = 0; p < rig.particles; p++) {
      if (!isLid(p)) expect(still.subarray(p * 3, p * 3 + 3)).toEqual(new Float32Array(3));
      else expect(still[p * 3 + 1]).toBeGreaterThanOrEqual(0);
      expect(Math.abs(still[p * 3])).toBeLessThan(0.01);
    }
    expect(Math.max(...members.map((p) => still[p * 3 + 1]))).toBeGreaterThan(0.6 * LID);
    const away = new Float32Array(rig.particles * 3).fill(0.3);
    lids.shut(away, 0);
    for (const p of members) expect(away[p * 3 + 1]).toBeCloseTo(0.3, 6);
  });

  test('each goes down as one piece', () => {
    const shut = new Float32Array(rig.particles * 3);
    lids.shut(shut, 1);
    for (const side of ['leftEyelid', 'rightEyelid'] as const) {
      const ways = members.filter((p) => rig.regions[p] === regionIndex(side)).map((p) => shut[p * 3 + 1]);
      for (const way of ways) expect(way).toBeCloseTo(ways[0], 6);
      expect(ways[0]).toBeGreaterThan(0.7 * LID);
      expect(ways[0]).toBeLessThan(1.5 * LID);
    }
  });

  test('who has no lids has none to shut', () => {
    const bare = { ...gaussians, regions: gaussians.regions.map((r) => (REGIONS[r].name.endsWith('Eyelid') ? 0 : r)) };
    expect(Lids.of(bare, createParticleRig(bare, 248))).toBeUndefined();
  });
});

describe('the search', () => {
  test.each([0, 0.1, 0.3, 0.62, 0.9, 1])('comes within a sixteenth of a least error at %d', async (least) => {
    expect(Math.abs((await bestClosure(async (closure) => (closure - least) ** 2)) - least)).toBeLessThan(0.0626);
  });

  test('draws no lid farther down than shut', async () => {
    expect(await bestClosure(async (closure) => (closure - 1.3) ** 2)).toBe(1);
  });

  test('leaves open what no closure makes better', async () => {
    expect(await bestClosure(async () => 1)).toBe(0);
  });
});

describe('a blink', () => {
  let video: Video;
  const background = room(WIDTH, HEIGHT);
  beforeAll(async () => {
    const rasterizer = await createRasterizer();
    const springs = particleNeighbours(rig);
    const frames: { picture: Uint8ClampedArray; matte: Uint8ClampedArray }[] = [];
    for (const translations of motion) {
      const pose = {
        translations,
        rotations: new Float32Array(rig.particles * 4),
        logScaleOffsets: new Float32Array(rig.particles * 3),
      };
      completeMotion(rig.positions, springs, translations, pose.rotations, pose.logScaleOffsets);
      const deformed = allocateDeformed(gaussians);
      carryGaussians(gaussians, rig, pose, deformed);
      const { color, transmittance } = await rasterizer.render(deformed, gaussians.camera, rgbOf(background));
      frames.push({
        picture: Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, (_, i) =>
          i % 4 === 3 ? 255 : 255 * color[Math.floor(i / 4) * 3 + (i % 4)],
        ),
        matte: Uint8ClampedArray.from(transmittance, (t) => 255 * (1 - t)),
      });
    }
    rasterizer.dispose();
    const shape = { width: WIDTH, height: HEIGHT, fps: 25, frames: frames.length };
    video = {
      ...videoFromFrames(shape, (from, to) => frames.slice(from, to).map(({ picture }) => picture)),
      matte: {
        async *read(from = 0, to = frames.length) {
          for (const { matte } of frames.slice(from, to)) yield matte;
        },
      },
    };
  });

  const params = (given: Record<string, unknown>, backbone: 'control-nodes' | 'hexplane') => ({
    ...deformationFitStage.params.parse({ area: WIDTH * HEIGHT }),
    ...deformationFitStage.backbones[backbone].params.parse(given),
  });
  /** Mean way of the lids down against the face, of a frame's greatest. */
  const closuresOf = ({ translations, particles: P, regions }: ParticleDeformation): number[] => {
    const mean = (frame: number, of: readonly number[]): number =>
      of.reduce((sum, p) => sum + translations[(frame * P + p) * 3 + 1], 0) / of.length;
    const others = [...regions.keys()].filter((p) => !isLid(p));
    const full = new Float32Array(P * 3);
    lids.shut(full, 1);
    const way = members.reduce((sum, p) => sum + full[p * 3 + 1], 0) / members.length;
    return CLOSURES.map((_, frame) => (mean(frame, members) - mean(frame, others)) / way);
  };

  test('of three frames is found, as far shut as it is', async () => {
    const { deformation } = await run(
      { gaussians, background, video },
      params({}, 'control-nodes') as never,
      stageContext(),
    );
    closuresOf(deformation as ParticleDeformation).forEach((closure, frame) =>
      expect(Math.abs(closure - CLOSURES[frame]), `frame ${frame}`).toBeLessThan(0.2),
    );
  });

  test('is there in the motion of a field too', async () => {
    const given = { fieldSteps: 20, rounds: 1 };
    const { deformation } = await hexplane(
      { gaussians, background, video },
      params(given, 'hexplane') as never,
      stageContext(),
    );
    const closures = closuresOf(deformation as ParticleDeformation);
    expect(closures[3]).toBeGreaterThan(0.6);
    expect(closures[0]).toBeLessThan(0.3);
  });
});
