/**
 * What of the motion is lost at each step, as the networks see it on films of one voice: the true clip, its fit, the
 * fit through the aligned space and back, and what was sampled.
 *
 *     node test/motion-lost.bench.ts RUN STORE
 *
 * RUN is the folder of a run of `graphs/quickstart.json`, or of a graph with nodes of the same names; STORE its store.
 */
import { parseArgs } from 'node:util';
import { motionDecodeStage } from '@soliloquy/alignment';
import { evaluationStage } from '@soliloquy/evaluation';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import * as ports from '@soliloquy/ports';
import { splatRendererStage } from '@soliloquy/splat-renderer';
import { trackingStage } from '@soliloquy/tracking';
import { openRun, ran } from './bench/trained-run.ts';

const FIGURES = [
  'wrist-reach:mediapipe',
  'wrist-speed:mediapipe',
  'wrist-moving:mediapipe',
  'elbow-reach:mediapipe',
  'head-roll:mediapipe',
  'lip-motion:mediapipe',
  'blinks:mediapipe',
  'hand-presence:mediapipe',
];

const [run, storeFolder] = parseArgs({ allowPositionals: true }).positionals;
const made = await openRun(run, storeFolder);
const gaussians = await made('avatar', 'gaussians', ports.gaussians);
const background = await made('reference', 'background', ports.image);
const model = await made('alignment', 'model', alignedSpace);
const fit = await made('truth-fit', 'deformation', ports.deformation);

console.log(['step', ...FIGURES].join(' | '));
await print('clip', await made('truth', 'video', ports.video));
await print('fit', await drawn(fit));
await print('codec', await drawn(await throughSpace(fit)));
await print('sample', await made('film', 'video', ports.video));

async function print(step: string, video: ports.Video): Promise<void> {
  const { tracks } = await ran<{ tracks: ports.Tracks }>(trackingStage, { video });
  const { metrics } = await ran<{ metrics: ports.Metrics }>(evaluationStage, { tracks });
  console.log([step, ...FIGURES.map((name) => metrics.values[name]?.toFixed(3) ?? '–')].join(' | '));
}

async function drawn(deformation: ports.Deformation): Promise<ports.Video> {
  return (await ran<{ video: ports.Video }>(splatRendererStage, { gaussians, background, deformation })).video;
}

/** What is left of a motion of particles in the latents of the aligned space. */
async function throughSpace(deformation: ports.Deformation): Promise<ports.Deformation> {
  if (deformation.kind !== 'particles') throw new Error(`a fit by particles is needed, not by ${deformation.kind}`);
  const space = await openAlignedSpace(model, 2);
  const latent = await space.encode(deformation.translations);
  await space.dispose();
  const { frames, fps, particles } = deformation;
  const motion = { frames, fps, particles, latent, positions: new Float32Array(frames * particles * 3) };
  return (await ran<{ deformation: ports.Deformation }>(motionDecodeStage, { motion, model, gaussians })).deformation;
}
