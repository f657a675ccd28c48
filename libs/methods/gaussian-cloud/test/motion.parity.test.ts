import { describe, expect, test } from 'vitest';
import type { Deformation, DenseDeformation, Gaussians, ParticleDeformation } from '@soliloquy/ports';
import { compareArrays, seededRandom } from '@soliloquy/testing';
import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  createParticleRig,
  evaluateDeformation,
  particleNeighbours,
  type DeformedGaussians,
  type ParticlePose,
} from '../src/index.ts';
import { bodyCloud } from './cloud.ts';

const cloud = bodyCloud(2);
const rig = createParticleRig(cloud, 248);
const springs = particleNeighbours(rig);
const P = rig.particles;
const N = cloud.count;
const FRAMES = 3;

/** Row-major matrix of a unit quaternion (Shoemake 1985). */
function matrixOf(q: ArrayLike<number>): number[] {
  const [w, x, y, z] = Array.from(q);
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
const unit = (q: ArrayLike<number>): number[] => {
  const norm = Math.hypot(...Array.from(q));
  return Array.from(q, (value) => value / norm);
};
const matrixTimes = (m: readonly number[], n: readonly number[]): number[] =>
  Array.from({ length: 9 }, (_, i) =>
    [0, 1, 2].reduce((sum, k) => sum + m[Math.floor(i / 3) * 3 + k] * n[k * 3 + (i % 3)], 0),
  );

/** Particles that move at random: any axis, up to a radian. */
function randomMotion(seed: number): ParticleDeformation {
  const random = seededRandom(seed);
  const signed = (): number => 2 * random() - 1;
  return {
    kind: 'particles',
    frames: FRAMES,
    fps: 25,
    count: N,
    ...rig,
    translations: Float32Array.from({ length: FRAMES * P * 3 }, () => 0.1 * signed()),
    rotations: Float32Array.from(
      Array.from({ length: FRAMES * P }, () => unit([1, 0.3 * signed(), 0.3 * signed(), 0.3 * signed()])).flat(),
    ),
    logScaleOffsets: Float32Array.from({ length: FRAMES * P * 3 }, () => 0.2 * signed()),
  };
}

/** The equations of `ParticleDeformation` with matrices, f64: the judge. */
function reference(
  gaussians: Gaussians,
  deformation: ParticleDeformation,
  frame: number,
): { means: number[]; rotations: number[][]; logScales: number[] } {
  const { indices, weights, neighbours: K, particles } = deformation;
  const row = (values: Float32Array, index: number, width: number): number[] => [
    ...values.subarray(index * width, index * width + width),
  ];
  const means: number[] = [];
  const rotations: number[][] = [];
  const logScales: number[] = [];
  for (let n = 0; n < gaussians.count; n++) {
    const mean = row(gaussians.means, n, 3);
    const logScale = row(gaussians.logScales, n, 3);
    const blended = [0, 0, 0, 0];
    for (let k = 0; k < K; k++) {
      const weight = weights[n * K + k];
      const p = frame * particles + indices[n * K + k];
      row(deformation.translations, p, 3).forEach((value, axis) => (mean[axis] += weight * value));
      row(deformation.logScaleOffsets, p, 3).forEach((value, axis) => (logScale[axis] += weight * value));
      row(deformation.rotations, p, 4).forEach((value, i) => (blended[i] += weight * value));
    }
    means.push(...mean);
    logScales.push(...logScale);
    rotations.push(matrixTimes(matrixOf(unit(blended)), matrixOf(unit(row(gaussians.quats, n, 4)))));
  }
  return { means, rotations, logScales };
}

function evaluated(deformation: Deformation, frame: number): DeformedGaussians {
  const into = allocateDeformed(cloud);
  evaluateDeformation(cloud, deformation, frame, into);
  return into;
}

describe('evaluateDeformation of particles', () => {
  const motion = randomMotion(4);

  test.each([0, 1, 2])('frame %i is what matrices in f64 give', (frame) => {
    const got = evaluated(motion, frame);
    const want = reference(cloud, motion, frame);
    compareArrays('means', got.means, want.means, { absolute: 1e-6 });
    compareArrays('logScales', got.logScales, want.logScales, { absolute: 2e-6 });
    const rotations = Array.from({ length: N }, (_, n) => matrixOf(unit(got.quats.subarray(n * 4, n * 4 + 4))));
    compareArrays('rotations', rotations.flat(), want.rotations.flat(), { absolute: 1e-5 });
  });

  test('opacity and colour stay those of the canonical Gaussians', () => {
    const got = evaluated(motion, 0);
    expect(got.colors).toBe(cloud.colors);
    expect(got.opacityLogits).toBe(cloud.opacityLogits);
  });

  test('stated densely, for every Gaussian, it is the same motion', () => {
    const dense: DenseDeformation = {
      kind: 'dense',
      frames: FRAMES,
      fps: 25,
      count: N,
      meanOffsets: new Float32Array(FRAMES * N * 3),
      rotations: new Float32Array(FRAMES * N * 4),
      logScaleOffsets: new Float32Array(FRAMES * N * 3),
    };
    const K = rig.neighbours;
    for (let frame = 0; frame < FRAMES; frame++) {
      const { means, logScales } = reference(cloud, motion, frame);
      for (let i = 0; i < N * 3; i++) {
        dense.meanOffsets[frame * N * 3 + i] = means[i] - cloud.means[i];
        dense.logScaleOffsets[frame * N * 3 + i] = logScales[i] - cloud.logScales[i];
      }
      for (let n = 0; n < N; n++) {
        const blended = [0, 0, 0, 0];
        for (let k = 0; k < K; k++)
          for (let i = 0; i < 4; i++)
            blended[i] += rig.weights[n * K + k] * motion.rotations[(frame * P + rig.indices[n * K + k]) * 4 + i];
        dense.rotations.set(unit(blended), (frame * N + n) * 4);
      }
    }
    for (let frame = 0; frame < FRAMES; frame++) {
      const a = evaluated(motion, frame);
      const b = evaluated(dense, frame);
      compareArrays('means', b.means, a.means, { absolute: 1e-6 });
      compareArrays('quats', b.quats, a.quats, { absolute: 1e-6 });
      compareArrays('logScales', b.logScales, a.logScales, { absolute: 1e-6 });
    }
  });
});

/** A similarity of the image plane about a centre: angle in radians, factor, shift in world units. */
interface Similarity {
  readonly angle: number;
  readonly factor: number;
  readonly shift: readonly [number, number];
}
const CENTER = [0.03, -0.2] as const;
function moved({ angle, factor, shift }: Similarity, x: number, y: number): [number, number] {
  const [dx, dy] = [x - CENTER[0], y - CENTER[1]];
  const [cos, sin] = [factor * Math.cos(angle), factor * Math.sin(angle)];
  return [CENTER[0] + cos * dx - sin * dy + shift[0], CENTER[1] + sin * dx + cos * dy + shift[1]];
}

/** All particles carried by a similarity, their rotation and stretch found by `completeMotion`. */
function posed(similarity: Similarity): ParticlePose {
  const pose = {
    translations: new Float32Array(P * 3),
    rotations: new Float32Array(P * 4),
    logScaleOffsets: new Float32Array(P * 3),
  };
  for (let p = 0; p < P; p++) {
    const [x, y] = moved(similarity, rig.positions[p * 3], rig.positions[p * 3 + 1]);
    pose.translations.set([x - rig.positions[p * 3], y - rig.positions[p * 3 + 1], 0], p * 3);
  }
  completeMotion(rig.positions, springs, pose.translations, pose.rotations, pose.logScaleOffsets);
  return pose;
}

describe('a motion that all particles share', () => {
  test('a shift shifts every Gaussian by it, and turns and stretches none', () => {
    const into = allocateDeformed(cloud);
    carryGaussians(cloud, rig, posed({ angle: 0, factor: 1, shift: [0.125, -0.0625] }), into);
    compareArrays(
      'means',
      into.means,
      cloud.means.map((value, i) => value + [0.125, -0.0625, 0][i % 3]),
      { absolute: 4e-6 },
    );
    compareArrays('quats', into.quats, cloud.quats, { absolute: 1e-6 });
    compareArrays('logScales', into.logScales, cloud.logScales, { absolute: 1e-6 });
  });

  test.each([
    { angle: 0.05, factor: 1 },
    { angle: -0.4, factor: 1 },
    { angle: 1.2, factor: 1 },
    { angle: 0, factor: 1.25 },
    { angle: 0.2, factor: 0.8 },
  ])(
    'a turn by $angle rad and a stretch by $factor carry all Gaussians as one body, turned and stretched so themselves',
    ({ angle, factor }) => {
      const similarity = { angle, factor, shift: [0.1, 0.05] } as const;
      const into = allocateDeformed(cloud);
      carryGaussians(cloud, rig, posed(similarity), into);
      // Where it is beside its particles, the ridge of the weights holds a Gaussian back: by at most a thirtieth of a
      // typical particle distance (0.05) times the motion.
      const turned = cloud.means.slice();
      for (let n = 0; n < N; n++) turned.set(moved(similarity, turned[n * 3], turned[n * 3 + 1]), n * 3);
      const motion = Math.hypot(factor * Math.cos(angle) - 1, factor * Math.sin(angle));
      const { rootMeanSquare } = compareArrays('means', into.means, turned, { absolute: 0.03 * motion });
      expect(rootMeanSquare).toBeLessThan(0.003 * motion);
      const about = matrixOf([Math.cos(angle / 2), 0, 0, Math.sin(angle / 2)]);
      const want = Array.from({ length: N }, (_, n) =>
        matrixTimes(about, matrixOf(unit(cloud.quats.subarray(n * 4, n * 4 + 4)))),
      );
      compareArrays(
        'rotations',
        Array.from({ length: N }, (_, n) => matrixOf(unit(into.quats.subarray(n * 4, n * 4 + 4)))).flat(),
        want.flat(),
        { absolute: 1e-5 },
      );
      compareArrays(
        'logScales',
        into.logScales,
        cloud.logScales.map((value) => value + Math.log(factor)),
        { absolute: 1e-5 },
      );
    },
  );

  test('an absurd stretch is held within e^-0.4 … e^0.6', () => {
    for (const factor of [0.1, 5])
      for (const value of posed({ angle: 0, factor, shift: [0, 0] }).logScaleOffsets)
        expect(value).toBeCloseTo(factor < 1 ? -0.4 : 0.6, 6);
  });
});

describe('completeMotion on its own', () => {
  /** Four neighbours around the first point. */
  const positions = Float32Array.from([0, 0, 5, 1, 0, 5, 0, 1, 5, -1, 0, 5, 0, -1, 5]);
  const star = {
    from: Int32Array.from([0, 0, 0, 0]),
    to: Int32Array.from([1, 2, 3, 4]),
    stiffness: Float32Array.from([1, 1, 1, 1]),
  };
  const complete = (
    map: (x: number, y: number) => [number, number],
    edges = star,
  ): { angle: number; stretch: number } => {
    const translations = new Float32Array(15);
    for (let p = 0; p < 5; p++) {
      const [x, y] = map(positions[p * 3], positions[p * 3 + 1]);
      translations.set([x - positions[p * 3], y - positions[p * 3 + 1], 0], p * 3);
    }
    const rotations = new Float32Array(20);
    const logScaleOffsets = new Float32Array(15);
    completeMotion(positions, edges, translations, rotations, logScaleOffsets);
    return { angle: 2 * Math.atan2(rotations[3], rotations[0]), stretch: logScaleOffsets[0] };
  };

  test('a turn with a stretch gives both', () => {
    const { angle, stretch } = complete((x, y) => [
      1.1 * (Math.cos(0.3) * x - Math.sin(0.3) * y),
      1.1 * (Math.sin(0.3) * x + Math.cos(0.3) * y),
    ]);
    expect(angle).toBeCloseTo(0.3, 6);
    expect(stretch).toBeCloseTo(Math.log(1.1), 6);
  });

  test('an affine map gives the rotation and the stretch nearest to it', () => {
    // M = [[1.2, 0.1], [0.3, 0.9]]: the nearest a + ib has a = (1.2 + 0.9) / 2, b = (0.3 − 0.1) / 2.
    const { angle, stretch } = complete((x, y) => [1.2 * x + 0.1 * y, 0.3 * x + 0.9 * y]);
    expect(angle).toBeCloseTo(Math.atan2(0.1, 1.05), 6);
    expect(stretch).toBeCloseTo(Math.log(Math.hypot(1.05, 0.1)), 6);
  });

  test('a shear turns by half of what one axis turns', () => {
    expect(complete((x, y) => [x, y + 0.2 * x]).angle).toBeCloseTo(Math.atan(0.1), 6);
  });

  test('neighbours on a line do not make it tumble: it turns as the line does', () => {
    const line = { from: Int32Array.from([0, 0]), to: Int32Array.from([1, 3]), stiffness: Float32Array.from([1, 1]) };
    const { angle, stretch } = complete(
      (x, y) => [Math.cos(0.2) * x - Math.sin(0.2) * y, Math.sin(0.2) * x + Math.cos(0.2) * y],
      line,
    );
    expect(angle).toBeCloseTo(0.2, 6);
    expect(stretch).toBeCloseTo(0, 6);
  });

  test('what is stiffer counts more', () => {
    const pull = (stiffness: number): number =>
      complete((x, y) => (y > 0.5 ? [x - 0.3, y] : [x, y]), {
        ...star,
        stiffness: Float32Array.from([1, stiffness, 1, 1]),
      }).angle;
    expect(pull(1)).toBeGreaterThan(pull(0.25));
    expect(pull(0.25)).toBeGreaterThan(0);
  });

  test('a particle without neighbours stays as it is', () => {
    const none = { from: new Int32Array(0), to: new Int32Array(0), stiffness: new Float32Array(0) };
    expect(complete((x, y) => [x + 1, y], none)).toEqual({ angle: 0, stretch: 0 });
  });
});
