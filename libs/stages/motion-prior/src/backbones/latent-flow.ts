import { bodyLayers } from '@soliloquy/body-layers';
import { completeMotion, createParticleRig, Lids, particleNeighbours } from '@soliloquy/gaussian-cloud';
import { canonicalPoints, placeFlow } from '@soliloquy/latent-flow';
import { openLatentFlow, sampleFilm, shippedLatentFlow } from '@soliloquy/latent-flow/motion';
import { evenSize, framesOf, resizeImage } from '@soliloquy/media';
import type { ParticleDeformation } from '@soliloquy/ports';
import { requireSameShape, type RunOf } from '@soliloquy/stage';
import { particlePlaces } from '../particle-places.ts';
import type { motionPriorStage } from '../stage.ts';

const USUAL = { size: 1, pace: 1, hands: true } as const;

/**
 * Points of anybody, sampled for the voice, carry the particles of this person: trunk and head by all of them, what is
 * below the lips by those of lip and jaw, arms by their bones; lids shut as far as the model says, both alike.
 *
 * @throws StageError `stage.landmarks-size` where landmarks or Gaussians are of a picture of another shape; Faults of
 *   `openLatentFlow` for a model that is none of these points
 */
export const run: RunOf<typeof motionPriorStage, 'latent-flow'> = async (inputs, params, ctx) => {
  const { audio, image, landmarks, gaussians } = inputs;
  requireSameShape('motion-prior.landmarks', image, landmarks);
  requireSameShape('motion-prior.gaussians', image, gaussians.camera);
  const film = { fps: params.fps, frames: params.frames > 0 ? params.frames : framesOf(audio, params.fps) };
  const size = evenSize(image.width, image.height, params.area);
  const points = canonicalPoints(landmarks, size.width, size.height);
  const model = await openLatentFlow(inputs.model ?? (await shippedLatentFlow()), ctx.threads);
  const person = { audio, landmarks, points, ...size, expressiveness: params.expressiveness, manner: USUAL };
  const step = (done: number, total: number): Promise<void> => ctx.step(done, total, 'noise steps');
  const poses = await sampleFilm(model, person, { ...params, film, seed: ctx.seed, step }).finally(() =>
    model.dispose(),
  );

  const rig = createParticleRig(gaussians, params.particles);
  const { places, worldPerPixel } = particlePlaces(rig, gaussians.camera, size);
  const taken = bodyLayers(await resizeImage(image, size.width, size.height), landmarks);
  const flow = await placeFlow({ image, landmarks, points, taken, ...size }, places);
  const lids = Lids.of(gaussians, rig);
  const springs = particleNeighbours(rig);
  const [F, P] = [film.frames, rig.particles];
  const motion = {
    translations: new Float32Array(F * P * 3),
    rotations: new Float32Array(F * P * 4),
    logScaleOffsets: new Float32Array(F * P * 3),
  };
  const shifts = new Float32Array(2 * P);
  poses.forEach((pose, f) => {
    const translations = motion.translations.subarray(f * P * 3, (f + 1) * P * 3);
    const { left, right } = flow.carry(pose, shifts, params.opening);
    for (let p = 0; p < P; p++)
      for (const axis of [0, 1]) translations[3 * p + axis] = worldPerPixel[p] * shifts[2 * p + axis];
    lids?.shut(translations, (left + right) / 2);
    completeMotion(
      rig.positions,
      springs,
      translations,
      motion.rotations.subarray(f * P * 4, (f + 1) * P * 4),
      motion.logScaleOffsets.subarray(f * P * 3, (f + 1) * P * 3),
    );
  });
  const deformation: ParticleDeformation = { kind: 'particles', ...film, count: gaussians.count, ...rig, ...motion };
  return { deformation };
};
