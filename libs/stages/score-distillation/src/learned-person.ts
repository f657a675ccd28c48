import { layoutOf, openAlignedSpace, type PackedAlignedSpace } from '@soliloquy/gaussian-codec';
import { learnedClips, openEyed, voicedClips, type OfOthers, type VoicedClip } from '@soliloquy/motion-clips';
import {
  audioCondition,
  openMotionModel,
  trainedNetwork,
  type LearnedClip,
  type MotionModel,
  type PackedMotionModel,
  type TrainedNetwork,
} from '@soliloquy/motion-transformer';
import type { Audio, Deformation } from '@soliloquy/ports';
import { openEars } from '@soliloquy/speech-features/hearing';
import { requireClips, requireLong, requireOwnModel, wholeFrames } from './check-inputs.ts';
import type { StudentVoice } from './judged-rows.ts';

/** How clips are learned beside each other, as in motion-training. */
const OF_OTHERS: OfOthers = { slowMotion: 0.3, arms: 'others' };

/** Clips, voices and model of one person, as a distillation learns them. */
export interface LearnedPerson {
  readonly network: TrainedNetwork;
  readonly opened: MotionModel;
  readonly fps: number;
  /** with open eyes */
  readonly voiced: readonly VoicedClip[];
  /** standardised by the model's scales */
  readonly clips: readonly LearnedClip[];
  readonly voices: readonly StudentVoice[];
  readonly filmVoices: readonly StudentVoice[];
}

/** What of the inputs is learned. */
export interface PersonInputs {
  readonly model: PackedMotionModel;
  readonly space: PackedAlignedSpace;
  readonly deformation: readonly Deformation[];
  readonly audio: readonly Audio[];
  readonly voices: readonly Audio[];
  readonly filmVoices: readonly Audio[];
}

/** @throws StageError of `check-inputs`, `voicedClips`; Fault of `trainedNetwork` */
export async function learnPerson(inputs: PersonInputs, threads: number): Promise<LearnedPerson> {
  const network = trainedNetwork(inputs.model);
  const T = network.frames;
  const voicedAll = voicedClips(inputs.deformation, inputs.audio, { frames: T, stage: 'score-distillation' });
  requireClips(voicedAll.length);
  const { clips: voiced } = openEyed(voicedAll);
  const { fps } = voiced[0].deformation;
  for (const input of ['voices', 'filmVoices'] as const)
    requireLong(
      inputs[input].map((voice) => wholeFrames(voice, fps)),
      { input, T },
    );
  const opened = await openMotionModel(inputs.model, threads);
  const space = await openAlignedSpace(inputs.space, threads);
  const ears = await openEars(inputs.space.card).catch(async (error) => {
    await space.dispose();
    throw error;
  });
  try {
    const learned = await learnedClips(voiced, { space, ears }, OF_OTHERS);
    requireOwnModel(
      { network, opened, card: inputs.model.card },
      {
        layout: layoutOf(inputs.space),
        card: inputs.space.card,
        audio: learned[0].condition.length / learned[0].frames,
      },
    );
    const hear = async (voice: Audio): Promise<StudentVoice> => {
      const frames = wholeFrames(voice, fps);
      const heard = await ears.hear(voice, { fps, frames });
      const condition = audioCondition(heard.data, await space.embedAudio(heard.data), frames);
      return { frames, condition: opened.standardiseAudio(condition, frames) };
    };
    const clips = learned.map(({ frames, latents, condition }) => ({
      frames,
      latents: latents.map((latent) => standardised(latent, network)),
      condition: opened.standardiseAudio(condition, frames),
    }));
    const [voices, filmVoices]: StudentVoice[][] = [[], []];
    for (const voice of inputs.voices) voices.push(await hear(voice));
    for (const voice of inputs.filmVoices) filmVoices.push(await hear(voice));
    return { network, opened, fps, voiced, clips, voices, filmVoices };
  } finally {
    await ears.dispose();
    await space.dispose();
  }
}

function standardised(latent: Float32Array, { motion: { mean, scale } }: TrainedNetwork): Float32Array {
  return latent.map((value, i) => (value - mean[i % mean.length]) / scale[i % scale.length]);
}
