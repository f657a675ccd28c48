import { describe, expect, test } from 'vitest';
import { REGIONS, type Gaussians, type RegionName } from '@soliloquy/ports';
import {
  allocateDeformed,
  CARRIES,
  carryGaussians,
  createParticleRig,
  PART_OF_REGION,
  particleNeighbours,
  regionIndex,
  type ParticlePose,
  type ParticleRig,
} from '../src/index.ts';
import { bodyCloud } from './cloud.ts';

const cloud = bodyCloud(1);
const rig = createParticleRig(cloud, 248);
const { particles: P, neighbours: K } = rig;

/** Particles that do not move. */
const rest = (of: ParticleRig): ParticlePose => ({
  translations: new Float32Array(of.particles * 3),
  rotations: Float32Array.from({ length: of.particles * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
  logScaleOffsets: new Float32Array(of.particles * 3),
});

/** Regions of which any Gaussian is elsewhere when the particles of one region move. */
function movedBy(region: number): Set<number> {
  const pose = rest(rig);
  for (let p = 0; p < P; p++) if (rig.regions[p] === region) pose.translations.fill(0.5, p * 3, p * 3 + 3);
  const still = allocateDeformed(cloud);
  const moved = allocateDeformed(cloud);
  carryGaussians(cloud, rig, rest(rig), still);
  carryGaussians(cloud, rig, pose, moved);
  return new Set(Array.from(cloud.regions).filter((_, n) => moved.means[n * 3] !== still.means[n * 3]));
}

describe('a rig of about 248 particles on a whole body', () => {
  test('every region that has Gaussians has at least two particles, which sit on Gaussians of it', () => {
    expect(P).toBeGreaterThan(220);
    expect(P).toBeLessThan(260);
    for (const region of new Set(cloud.regions))
      expect(rig.regions.filter((each) => each === region).length, REGIONS[region].name).toBeGreaterThanOrEqual(2);
    for (let p = 0; p < P; p++) {
      const n = Array.from(cloud.regions).findIndex(
        (region, index) =>
          region === rig.regions[p] &&
          [0, 1, 2].every((axis) => cloud.means[index * 3 + axis] === rig.positions[p * 3 + axis]),
      );
      expect(n).toBeGreaterThanOrEqual(0);
    }
  });

  test('weights sum to 1 and at most triple what particles do', () => {
    for (let n = 0; n < cloud.count; n++) {
      const weights = rig.weights.subarray(n * K, n * K + K);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
      expect(weights.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeLessThan(3 + 1e-5);
    }
  });

  test('weights reproduce affine maps: a Gaussian is where its particles, so weighted, put it', () => {
    const off = Array.from({ length: cloud.count }, (_, n) => {
      const at = (axis: number): number =>
        rig.weights
          .subarray(n * K, n * K + K)
          .reduce((sum, weight, k) => sum + weight * rig.positions[rig.indices[n * K + k] * 3 + axis], 0);
      return Math.hypot(at(0) - cloud.means[n * 3], at(1) - cloud.means[n * 3 + 1]);
    });
    const sorted = off.toSorted((a, b) => a - b);
    expect(sorted[cloud.count >> 1]).toBeLessThan(0.002);
    expect(sorted[cloud.count - 1]).toBeLessThan(0.04);
  });

  test('only particles of its own and of joined regions carry a Gaussian', () => {
    for (let i = 0; i < rig.indices.length; i++) {
      expect(rig.indices[i]).toBeGreaterThanOrEqual(0);
      expect(rig.indices[i]).toBeLessThan(P);
      expect(CARRIES[cloud.regions[Math.floor(i / K)] * REGIONS.length + rig.regions[rig.indices[i]]]).toBe(1);
    }
  });

  test('a Gaussian is carried most by its nearest particle', () => {
    for (let p = 0; p < P; p++) {
      for (let n = 0; n < cloud.count; n++) {
        const here = [0, 1, 2].every((axis) => cloud.means[n * 3 + axis] === rig.positions[p * 3 + axis]);
        if (here && cloud.regions[n] === rig.regions[p])
          expect(Math.max(...rig.weights.subarray(n * K, n * K + K))).toBe(
            rig.weights[n * K + rig.indices.subarray(n * K, n * K + K).indexOf(p)],
          );
      }
    }
  });

  test('the same Gaussians give the same rig', () => {
    const [one, other] = [createParticleRig(bodyCloud(1), 240), createParticleRig(bodyCloud(1), 240)];
    // By their bytes: to show where thousands of numbers differ takes longer than the test.
    const bytesOf = ({ positions, regions, indices, weights }: ParticleRig): string[] =>
      [positions, regions, indices, weights].map(({ buffer }) => Buffer.from(buffer).toString('base64'));
    expect(bytesOf(one).every((bytes, i) => bytes === bytesOf(other)[i])).toBe(true);
  });
});

describe('who moves whom', () => {
  test('the upper lip never moves the lower lip or the jaw, nor the lower lip the upper', () => {
    const upper = movedBy(regionIndex('upperLip'));
    expect(upper).toContain(regionIndex('upperLip'));
    expect(upper).not.toContain(regionIndex('lowerLip'));
    expect(upper).not.toContain(regionIndex('jaw'));
    const lower = movedBy(regionIndex('lowerLip'));
    expect(lower).toContain(regionIndex('lowerLip'));
    expect(lower).not.toContain(regionIndex('upperLip'));
  });

  test.each([
    ['leftHand', 'torso'],
    ['rightHand', 'torso'],
    ['leftHand', 'rightHand'],
    ['leftEyelid', 'rightEyelid'],
    ['leftEyelid', 'upperFace'],
    ['upperFace', 'leftEyelid'],
    ['jaw', 'mouthInterior'],
    ['legs', 'head'],
  ] as const)('%s does not move %s', (mover, other) => {
    expect(movedBy(regionIndex(mover))).not.toContain(regionIndex(other));
  });

  test('every region moves itself, and others only where the table says so', () => {
    for (const region of new Set(cloud.regions)) {
      const moved = movedBy(region);
      expect(moved).toContain(region);
      for (const other of moved)
        expect(CARRIES[other * REGIONS.length + region], `${REGIONS[region].name} moves ${REGIONS[other].name}`).toBe(
          1,
        );
    }
  });

  test('a region belongs to the part that REGIONS says', () => {
    expect(PART_OF_REGION[regionIndex('leftHand')]).toBe('hand');
    expect(PART_OF_REGION[regionIndex('lowerLip')]).toBe('face');
    expect(PART_OF_REGION[regionIndex('legs')]).toBe('body');
  });
});

describe('an arm of which the joints are known', () => {
  const jointed = bodyCloud(3, { jointed: true });
  const arm = createParticleRig(jointed, 248);
  /** Regions of the Gaussians that particles of one region carry. */
  const carriedBy = (name: RegionName): Set<string> => {
    const names = new Set<string>();
    for (let k = 0; k < arm.indices.length; k++)
      if (arm.weights[k] !== 0 && arm.regions[arm.indices[k]] === regionIndex(name))
        names.add(REGIONS[jointed.regions[Math.floor(k / arm.neighbours)]].name);
    return names;
  };

  test('hangs on the torso by its shoulder alone, however near the forearm and the hand lie before it', () => {
    expect(arm.particles).toBe(248);
    expect([...carriedBy('torso')].filter((name) => /Arm|Forearm|Hand/.test(name))).toEqual([]);
    expect(carriedBy('torso')).toContain('leftShoulder');
    expect([...carriedBy('leftForearm')].sort()).toEqual(['leftForearm', 'leftHand', 'leftUpperArm']);
    expect([...carriedBy('leftHand')].sort()).toEqual(['leftForearm', 'leftHand']);
  });

  test('is one piece with the body by springs', () => {
    const { from, to } = particleNeighbours(arm);
    const reached = new Set([arm.regions.indexOf(regionIndex('torso'))]);
    for (let grown = true; grown;) {
      grown = false;
      from.forEach((a, e) => {
        if (reached.has(a) === reached.has(to[e])) return;
        reached.add(a).add(to[e]);
        grown = true;
      });
    }
    expect(reached.size).toBe(arm.particles);
  });
});

describe('what a picture does not show', () => {
  /** The Gaussians of some regions only. */
  function only(names: readonly string[]): Gaussians {
    const kept = Array.from({ length: cloud.count }, (_, n) => n).filter((n) =>
      names.includes(REGIONS[cloud.regions[n]].name),
    );
    const take = (values: Float32Array, width: number): Float32Array =>
      Float32Array.from(kept.flatMap((n) => [...values.subarray(n * width, n * width + width)]));
    return {
      count: kept.length,
      camera: cloud.camera,
      means: take(cloud.means, 3),
      quats: take(cloud.quats, 4),
      logScales: take(cloud.logScales, 3),
      opacityLogits: take(cloud.opacityLogits, 1),
      colors: take(cloud.colors, 3),
      regions: Uint8Array.from(kept, (n) => cloud.regions[n]),
    };
  }

  test('regions without Gaussians get no particles', () => {
    const bust = createParticleRig(only(['head', 'upperFace', 'jaw', 'torso']), 240);
    expect(new Set(Array.from(bust.regions, (region) => REGIONS[region].name))).toEqual(
      new Set(['head', 'upperFace', 'jaw', 'torso']),
    );
  });

  test('a region of one Gaussian is carried by it alone: unused slots repeat it with weight 0', () => {
    const lips = only(['upperLip']);
    const one: Gaussians = {
      ...lips,
      count: 1,
      means: lips.means.slice(0, 3),
      quats: lips.quats.slice(0, 4),
      logScales: lips.logScales.slice(0, 3),
      opacityLogits: lips.opacityLogits.slice(0, 1),
      colors: lips.colors.slice(0, 3),
      regions: lips.regions.slice(0, 1),
    };
    const alone = createParticleRig(one, 240);
    expect(alone.particles).toBe(1);
    expect([...alone.indices]).toEqual(new Array(K).fill(0));
    expect([...alone.weights]).toEqual([1, ...new Array<number>(K - 1).fill(0)]);
  });
});

describe('springs between particles', () => {
  const springs = particleNeighbours(rig);

  test('each pair is there once, in order, with both ends in joined regions', () => {
    const keys = Array.from(springs.from, (a, e) => a * P + springs.to[e]);
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
    for (const [e, a] of springs.from.entries()) {
      const b = springs.to[e];
      expect(a).toBeLessThan(b);
      const pair = [REGIONS[rig.regions[a]].name, REGIONS[rig.regions[b]].name] as string[];
      const joined =
        CARRIES[rig.regions[a] * REGIONS.length + rig.regions[b]] === 1 ||
        CARRIES[rig.regions[b] * REGIONS.length + rig.regions[a]] === 1;
      const rides = pair.some((name) => /mouthInterior|Eyelid/.test(name)) && pair.includes('upperFace');
      expect(joined || rides, pair.join(' – ')).toBe(true);
    }
  });

  test('every particle has a spring, lips are held more loosely than a belly', () => {
    const ends = new Set([...springs.from, ...springs.to]);
    expect(ends.size).toBe(P);
    const stiffness = (a: string, b: string): number[] =>
      Array.from(springs.stiffness).filter((_, e) =>
        [`${a} ${b}`, `${b} ${a}`].includes(
          `${REGIONS[rig.regions[springs.from[e]]].name} ${REGIONS[rig.regions[springs.to[e]]].name}`,
        ),
      );
    expect(new Set(stiffness('torso', 'torso'))).toEqual(new Set([1]));
    expect(stiffness('upperLip', 'upperFace').length).toBeGreaterThan(0);
    expect(new Set(stiffness('upperLip', 'upperFace'))).toEqual(new Set([0.25]));
    expect(stiffness('upperLip', 'lowerLip')).toHaveLength(0);
    // lids slide
    expect(Math.max(...stiffness('leftEyelid', 'upperFace'))).toBeLessThan(0.25);
    // teeth are bone: hidden at rest, they are held by their springs alone
    expect(Math.min(...stiffness('mouthInterior', 'upperFace'))).toBeGreaterThan(1);
  });
});
