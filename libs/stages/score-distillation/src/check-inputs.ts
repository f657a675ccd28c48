import type { MotionLayout } from '@soliloquy/gaussian-codec';
import type { MotionModel, TrainedNetwork } from '@soliloquy/motion-transformer';
import { PARTS, type Audio } from '@soliloquy/ports';
import type { HeardBy } from '@soliloquy/speech-features/hearing';
import { StageError } from '@soliloquy/stage';

const WHERE = 'score-distillation';
/** A deviation that standardising gives to a number which never changes. */
const CONSTANT = 2e-3;

/**
 * What a term learns from is there.
 *
 * @throws StageError `stage.input-missing`
 */
export function requireInput<T>(
  value: readonly T[] | undefined,
  { input, term }: { readonly input: string; readonly term: string },
): readonly T[] {
  if (value !== undefined && value.length > 0) return value;
  throw new StageError({
    code: 'stage.input-missing',
    where: `${WHERE}.${input}`,
    expected: `${input}, since params.${term} is above 0`,
    got: value === undefined ? 'nothing connected' : 'none',
    remedy: `connect them, or set ${term} to 0`,
  });
}

/** @throws StageError `stage.voice-short` for a voice of fewer than T frames */
export function requireLong(
  frames: readonly number[],
  { input, T }: { readonly input: string; readonly T: number },
): void {
  const short = frames.findIndex((count) => count < T);
  if (short >= 0)
    throw new StageError({
      code: 'stage.voice-short',
      where: `${WHERE}.${input}[${short}]`,
      expected: `at least T = ${T} frames, as the model makes at once`,
      got: `${frames[short]}`,
      remedy: 'connect longer voices (padTo of text-to-speech)',
    });
}

/** @throws StageError `stage.clips-few`: of one clip nothing tells what the voice says from what it does not */
export function requireClips(count: number): void {
  if (count < 2)
    throw new StageError({
      code: 'stage.clips-few',
      where: `${WHERE}.deformation`,
      expected: 'at least two clips',
      got: String(count),
      remedy: 'fit more clips',
    });
}

/** @throws StageError `stage.clip-mismatch` where films have not as many voices */
export function requireVoices(films: number, voices: number): void {
  if (films !== voices)
    throw new StageError({
      code: 'stage.clip-mismatch',
      where: `${WHERE}.filmVoices`,
      expected: `${films} voices, one for each film`,
      got: String(voices),
      remedy: 'gather both over the same films',
    });
}

/**
 * A model that was trained in this space, on this body.
 *
 * @throws StageError `stage.hearing-mismatch` where it hears otherwise, `stage.other-parts` where it moves parts that
 *   the avatar has not, or leaves still what it has, `stage.other-audio` where it is told more or less of a voice
 */
export function requireOwnModel(
  { network, opened, card }: { network: TrainedNetwork; opened: MotionModel; card: HeardBy },
  space: { readonly layout: MotionLayout; readonly card: HeardBy; readonly audio: number },
): void {
  const [learned, hears] = [card.hearing ?? 'mel', space.card.hearing ?? 'mel'];
  if (learned !== hears)
    throw new StageError({
      code: 'stage.hearing-mismatch',
      where: `${WHERE}.space`,
      expected: `a space that hears by ${learned}, as the model does`,
      got: `one that hears by ${hears}`,
      remedy: 'connect the space that the model was trained in',
    });
  const width = network.size.latent / PARTS.length;
  const moved = PARTS.filter((_, i) =>
    network.motion.scale.subarray(i * width, (i + 1) * width).some((scale) => scale > CONSTANT),
  );
  const there = space.layout.parts.filter(({ tokens }) => tokens > 0).map(({ name }) => name);
  if (opened.partVariance.length !== PARTS.length || moved.join() !== there.join())
    throw new StageError({
      code: 'stage.other-parts',
      where: `${WHERE}.model`,
      expected: `a model of ${there.join(', ')}, which the space has`,
      got: `one of ${moved.join(', ') || 'nothing'}`,
      remedy: 'connect the model that was trained in this space',
    });
  if (network.size.audio !== space.audio)
    throw new StageError({
      code: 'stage.other-audio',
      where: `${WHERE}.model`,
      expected: `a model that is told ${space.audio} numbers of a voice, as the space makes them`,
      got: `one of ${network.size.audio}`,
      remedy: 'connect the model that was trained in this space',
    });
}

/** A film's rate is that of the clips. @throws StageError `stage.film-rate` */
export function requireRate(fps: number, { input, wanted }: { readonly input: string; readonly wanted: number }): void {
  if (Math.abs(fps - wanted) > 1e-3)
    throw new StageError({
      code: 'stage.film-rate',
      where: `${WHERE}.${input}`,
      expected: `${wanted} frames a second, as the clips have`,
      got: String(fps),
      remedy: 'make clips, films and teacher of one rate',
    });
}

/** Frames of a voice that last wholly. */
export function wholeFrames({ samples, sampleRate }: Audio, fps: number): number {
  return Math.floor((samples.length / sampleRate) * fps + 1e-6);
}
