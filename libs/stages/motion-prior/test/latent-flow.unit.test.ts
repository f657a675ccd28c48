import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Audio, Gaussians, ParticleDeformation, RegionName } from '@soliloquy/ports';
import { armsView, paintedPerson, stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/latent-flow.ts';
import { motionPriorStage } from '../src/stage.ts';

const person = paintedPerson(armsView(256));
const audio: Audio = {
  sampleRate: 16_000,
  samples: Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i / 9) * Math.sin(i / 700)),
};

/** A flat person: Gaussians at landmarks and around them, in the regions that these are of. */
function cutOut(): Gaussians {
  const { width, height, points } = person.landmarks;
  const camera = { width, height, fx: 500, fy: 500, cx: width / 2, cy: height / 2 };
  const around: readonly [RegionName, keyof typeof points][] = [
    ['torso', 'leftShoulder'],
    ['torso', 'rightShoulder'],
    ['leftForearm', 'leftElbow'],
    ['leftHand', 'leftWrist'],
    ['rightForearm', 'rightElbow'],
    ['rightHand', 'rightWrist'],
    ['upperFace', 'leftEyeInner'],
    ['head', 'rightEyeInner'],
    ['jaw', 'chin'],
  ];
  const all = around.flatMap(([region, name]) => {
    const { x, y } = points[name]!;
    return Array.from({ length: 9 }, (_, i) => ({ region, x: x + 3 * (i % 3) - 3, y: y + 3 * Math.floor(i / 3) - 3 }));
  });
  const N = all.length;
  const Z = 5;
  return {
    count: N,
    camera: { ...camera, worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
    means: Float32Array.from(
      all.flatMap(({ x, y }) => [((x - camera.cx) * Z) / camera.fx, ((y - camera.cy) * Z) / camera.fy, Z]),
    ),
    quats: Float32Array.from({ length: N * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    logScales: new Float32Array(N * 3).fill(-4),
    opacityLogits: new Float32Array(N).fill(4),
    colors: new Float32Array(N * 3).fill(0.5),
    regions: Uint8Array.from(all, ({ region }) => regionIndex(region)),
  };
}

describe('the motion prior', () => {
  const gaussians = cutOut();
  const params = {
    ...motionPriorStage.params.parse({}),
    ...motionPriorStage.backbones['latent-flow'].params.parse({ steps: 4, area: 16_384, particles: 48 }),
  };
  const moved = async (given: Partial<Parameters<typeof run>[0]> = {}, seed = 1): Promise<ParticleDeformation> => {
    await using ctx = stageContext({ seed });
    const { deformation } = await run({ ...person, audio, gaussians, model: undefined, ...given }, params, ctx);
    return deformation as ParticleDeformation;
  };
  /** Root mean square of how far particles of regions are from their rest, world. */
  const reach = ({ regions, particles, frames, translations }: ParticleDeformation, names: RegionName[]): number => {
    const wanted = names.map(regionIndex);
    let [sum, count] = [0, 0];
    for (let f = 0; f < frames; f++)
      for (let p = 0; p < particles; p++) {
        if (!wanted.includes(regions[p])) continue;
        sum += Math.hypot(...translations.subarray((f * particles + p) * 3, (f * particles + p) * 3 + 3)) ** 2;
        count++;
      }
    return Math.sqrt(sum / count);
  };

  test('moves all of a person for as long as the voice, hands farther than the torso, nothing in depth', async () => {
    const deformation = await moved();
    expect(deformation).toMatchObject({ kind: 'particles', frames: 25, fps: 25, count: gaussians.count });
    const [hands, torso] = [reach(deformation, ['leftHand', 'rightHand']), reach(deformation, ['torso'])];
    expect(torso).toBeGreaterThan(0);
    expect(hands).toBeGreaterThan(torso);
    expect(deformation.translations.every((value, i) => Number.isFinite(value) && (i % 3 !== 2 || value === 0))).toBe(
      true,
    );
  }, 60_000);

  test('is the same for the same seed, another for another', async () => {
    const one = await moved();
    expect((await moved()).translations).toEqual(one.translations);
    expect((await moved({}, 2)).translations).not.toEqual(one.translations);
  }, 60_000);

  test.each([
    ['landmarks', { landmarks: { ...person.landmarks, width: 2 * person.landmarks.width } }],
    ['gaussians', { gaussians: { ...gaussians, camera: { ...gaussians.camera, height: 7 } } }],
  ])('refuses %s of another picture by name', async (name, given) => {
    await expect(moved(given)).rejects.toMatchObject({ code: 'stage.landmarks-size', where: `motion-prior.${name}` });
  });
});
