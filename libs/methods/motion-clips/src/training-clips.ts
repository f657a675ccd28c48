import type { AlignedSpace } from '@soliloquy/gaussian-codec';
import { audioCondition, type Blinks, type LearnedClip } from '@soliloquy/motion-transformer';
import { PARTS, type Audio, type Deformation, type ParticleDeformation } from '@soliloquy/ports';
import { speechEnvelope } from '@soliloquy/speech-features';
import type { Ears } from '@soliloquy/speech-features/hearing';
import { StageError } from '@soliloquy/stage';
import { blinksOfClips, findBlinks, withoutBlinks } from './blinks.ts';
import { partVariance } from './global-variance.ts';
import { bestShift, withArmsOf } from './other-arms.ts';
import { withSlowMotionOf } from './slow-motion.ts';

/**
 * Clips after a clip whose slow motion it is learned with: as many as tell apart what is idle, and no more work than
 * that for a hundred clips.
 */
const PARTNERS = 8;
const HANDS = PARTS.indexOf('hand');

/** One clip with its voice. */
export interface VoicedClip {
  readonly deformation: ParticleDeformation;
  readonly audio: Audio;
}

/**
 * Clips with open eyes, and what was taken out of them: when somebody blinks is not said by the voice, and a network
 * that predicts clean motion would give every voice the mean of it, which is an eye that never shuts.
 */
export function openEyed(clips: readonly VoicedClip[]): { clips: VoicedClip[]; blinks: Blinks | undefined } {
  const deformations = clips.map(({ deformation }) => deformation);
  const found = deformations.map(findBlinks);
  return {
    clips: clips.map(({ deformation, audio }, i) => ({
      deformation: { ...deformation, translations: withoutBlinks(deformation, found[i]) },
      audio,
    })),
    blinks: blinksOfClips(deformations, found),
  };
}

/**
 * Clips that can be learned: as many voices as deformations, all by particles, none shorter than T frames.
 *
 * @param stage that learns them, for messages
 * @throws StageError when they do not belong together
 */
export function voicedClips(
  deformations: readonly Deformation[],
  audios: readonly Audio[],
  { frames: T, stage }: { readonly frames: number; readonly stage: string },
): VoicedClip[] {
  if (deformations.length !== audios.length)
    throw new StageError({
      code: 'stage.clip-mismatch',
      where: `${stage}.audio`,
      expected: `${deformations.length} voices, one for each deformation`,
      got: `${audios.length}`,
      remedy: 'gather both over the same clips',
    });
  return deformations.map((deformation, index) => {
    if (deformation.kind !== 'particles')
      throw new StageError({
        code: 'stage.deformation-kind',
        where: `${stage}.deformation[${index}]`,
        expected: 'a deformation by particles',
        got: `a ${deformation.kind} one`,
        remedy: 'fit with control-nodes',
      });
    if (deformation.frames < T)
      throw new StageError({
        code: 'stage.clip-short',
        where: `${stage}.deformation[${index}]`,
        expected: `at least T = ${T} frames`,
        got: `${deformation.frames}`,
        remedy: 'lower params.frames or make longer clips',
      });
    return { deformation, audio: audios[index] };
  });
}

/** What of other clips each clip is also learned with; of up to eight clips after it that are as long. */
export interface OfOthers {
  /** seconds: what is slower than this; 0: nothing */
  readonly slowMotion: number;
  /** whose arms; those of others are shifted to where both voices are loud together */
  readonly arms: 'own' | 'others';
}

/**
 * Motion and voice of each clip in the aligned space.
 *
 * @param ears those of the space
 */
export async function learnedClips(
  clips: readonly VoicedClip[],
  { space, ears }: { readonly space: AlignedSpace; readonly ears: Ears },
  ofOthers: OfOthers,
): Promise<LearnedClip[]> {
  const learned: LearnedClip[] = [];
  for (const [index, clip] of clips.entries()) {
    const { frames, fps, translations } = clip.deformation;
    const heard = await ears.hear(clip.audio, { fps, frames });
    const condition = audioCondition(heard.data, await space.embedAudio(heard.data), frames);
    const latents = [await space.encode(translations)];
    if (ofOthers.slowMotion > 0 || ofOthers.arms === 'others') {
      const partners = partnersOf(clips, index);
      const lively = livelyOf(partners);
      for (const [k, partner] of partners.entries())
        latents.push(await space.encode(mixed(clip, { drift: partner, arms: lively[k % lively.length] }, ofOthers)));
    }
    learned.push({ frames, latents, condition });
  }
  return learned;
}

/** f32 [F, P, 3] world: a clip's motion with what is taken of others. */
function mixed(
  clip: VoicedClip,
  of: { readonly drift: VoicedClip; readonly arms: VoicedClip },
  { slowMotion, arms }: OfOthers,
): Float32Array {
  const { deformation } = clip;
  const drifting = slowMotion > 0 ? withSlowMotionOf(deformation, of.drift.deformation, slowMotion) : undefined;
  const motion = drifting ?? deformation.translations;
  if (arms === 'own') return motion;
  const { fps, frames } = deformation;
  const [own, other] = [clip, of.arms].map(({ audio }) => speechEnvelope(audio, fps, frames));
  return withArmsOf(motion, of.arms.deformation, bestShift(own, other, fps));
}

/**
 * Clips whose hands move at least half as much as those of all of them do, since arms at rest would teach that a voice
 * is often said without them.
 */
function livelyOf(clips: readonly VoicedClip[]): VoicedClip[] {
  const hands = clips.map(({ deformation: { translations, regions } }) => partVariance(translations, regions)[HANDS]);
  const mean = hands.reduce((sum, value) => sum + value, 0) / hands.length;
  return clips.filter((_, i) => hands[i] >= mean / 2);
}

/** Those of the eight clips after a clip, the first after the last, that are as long as it. */
function partnersOf(clips: readonly VoicedClip[], index: number): VoicedClip[] {
  const own = clips[index].deformation;
  return [...clips.slice(index + 1), ...clips.slice(0, index)]
    .slice(0, PARTNERS)
    .filter(({ deformation: { frames, fps } }) => frames === own.frames && fps === own.fps);
}

/** Variance over time of each part's particles, mean over the clips: f32 [parts] world². */
export function meanPartVariance(clips: readonly VoicedClip[]): Float32Array {
  const mean = new Float32Array(PARTS.length);
  for (const { deformation } of clips)
    partVariance(deformation.translations, deformation.regions).forEach(
      (variance, part) => (mean[part] += variance / clips.length),
    );
  return mean;
}
