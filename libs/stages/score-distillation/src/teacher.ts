import { scoreLatents, type LatentFlow, type PersonView } from '@soliloquy/latent-flow/motion';
import type { PackedLatentFlow } from '@soliloquy/latent-flow/port';
import type { Audio, BackboneReference, Image, Landmarks } from '@soliloquy/ports';
import { openEars } from '@soliloquy/speech-features/hearing';
import { StageError, type StageContext } from '@soliloquy/stage';

/** A voice as teachers are told it. */
export interface HeardVoice {
  readonly audio: Audio;
  /** f32 [F, W] by the phone encoder of latent flow */
  readonly heard: Float32Array;
  /** F */
  readonly frames: number;
}

/** Frames of a voice, and how the teacher is asked. */
export interface Asked {
  readonly voice: HeardVoice;
  /** first frame */
  readonly from: number;
  /** T */
  readonly frames: number;
  readonly fps: number;
  /** 0 … 1, share of the teacher's noise steps */
  readonly noise: number;
  readonly seed: number;
  readonly guidance: number;
}

/** A teacher whose latents the stage reads itself. */
export interface LatentTeacher {
  readonly kind: 'latent';
  /** f32 [T, K] what it makes of ẑ f32 [T, K] */
  clean(latent: Float32Array, asked: Asked): Promise<Float32Array>;
}

/** A teacher that is told pictures. */
export interface PixelTeacher {
  readonly kind: 'pixels';
  /** Gradient on pictures f32 [T, px], of its own weight, and its distance. */
  score(pixels: Float32Array, asked: Asked): Promise<{ readonly gradient: Float32Array; readonly distance: number }>;
}
export type Teacher = LatentTeacher | PixelTeacher;

/** Windows of the teacher's latents overlap by this many frames. */
const OVERLAP = 40;
/** A called teacher that fails is asked so many times in all. */
const TRIES = 3;
const WHERE = 'score-distillation.teacher';

/** The voices of latent flow's ears. */
export async function hearAll(
  model: Pick<LatentFlow, 'phoneEncoder'>,
  audios: readonly Audio[],
  film: { readonly fps: number; readonly framesOf: (audio: Audio) => number },
): Promise<HeardVoice[]> {
  const ears = await openEars({ hearing: 'phones', phoneEncoder: model.phoneEncoder });
  try {
    const voices: HeardVoice[] = [];
    for (const audio of audios) {
      const frames = film.framesOf(audio);
      voices.push({ audio, frames, heard: (await ears.hear(audio, { fps: film.fps, frames })).data });
    }
    return voices;
  } finally {
    await ears.dispose();
  }
}

/** Who the teacher is told that it is. */
export interface Told {
  /** f32 [8] `PERSON_NUMBERS` */
  readonly person: Float32Array;
  /** f32 [3] `MANNER_NUMBERS` */
  readonly manner: Float32Array;
}

/** Latent flow in this process. */
export function ownTeacher(model: LatentFlow, told: Told): LatentTeacher {
  return {
    kind: 'latent',
    async clean(latent, { voice, from, frames, noise, seed, guidance }) {
      const width = voice.heard.length / voice.frames;
      const speech = { ...told, frames, heard: voice.heard.slice(from * width, (from + frames) * width) };
      const tau = noiseStep(noise, model.noiseSteps);
      return (await scoreLatents(model, { latent, speech, tau, seed, guidance, overlap: OVERLAP })).clean;
    },
  };
}

function noiseStep(noise: number, steps: number): number {
  return Math.min(steps - 1, Math.max(0, Math.round(noise * steps)));
}

/** What a called teacher is told of the film. */
export interface Film {
  readonly image: Image;
  readonly landmarks: Landmarks;
  readonly background: Image;
  /** pixels */
  readonly width: number;
  readonly height: number;
  readonly views: readonly PersonView[];
}

/** A teacher in another task, perhaps on another machine. */
export interface Called {
  readonly reference: BackboneReference;
  readonly film: Film;
  readonly person: Float32Array;
  /** K of the latents that the stage reads */
  readonly latent: number;
  /** of the teacher's schedule */
  readonly noiseSteps: number;
  readonly model: PackedLatentFlow | undefined;
  readonly seconds: number;
}

/**
 * A teacher that is called: latent flow by its latents, any other by pictures. Every answer is checked; a call that
 * fails is made twice more, so that a teacher which dies now and then costs no step.
 *
 * @throws StageError `stage.teacher-without-score`, `stage.teacher-latent`, `stage.teacher-answer`,
 *   `stage.teacher-late`, `stage.teacher-failed`
 */
export function calledTeacher(called: Called, ctx: Pick<StageContext, 'call' | 'log' | 'signal'>): Teacher {
  const { reference, film, person, latent: K, noiseSteps, model, seconds } = called;
  const ask = (args: object) => askTeacher({ reference, args, seconds }, ctx);
  const common = ({ voice, from, frames, fps, noise, seed, guidance }: Asked) => ({
    audio: cut(voice.audio, { from, frames, fps }),
    tau: noiseStep(noise, noiseSteps),
    seed,
    guidance,
  });
  if (reference.backbone === 'latent-flow') {
    // Latents are scored as they are: of how they are read of pictures the teacher needs nothing.
    const none = new Float32Array(0);
    const described = { kind: 'linear', views: [], encoder: none, rest: none, offset: none, r2: none, person };
    return {
      kind: 'latent',
      async clean(latent, asked) {
        const answer = await ask({ latent, described, model, ...common(asked) });
        const { clean } = answer;
        if (!(clean instanceof Float32Array) || clean.length % asked.frames !== 0)
          throw wrongAnswer(`clean f32 [${asked.frames}, ${K}]`, describe(clean));
        if (clean.length / asked.frames !== K)
          throw new StageError({
            code: 'stage.teacher-latent',
            where: WHERE,
            expected: `a teacher of latents of ${K} numbers, as the encoder reads them`,
            got: `one of ${clean.length / asked.frames}`,
            remedy: 'connect the same model to teacherModel',
          });
        return finite('clean', clean);
      },
    };
  }
  return {
    kind: 'pixels',
    async score(pixels, asked) {
      const { noise, fps } = asked;
      const answer = await ask({ pixels, ...film, fps, noise, ...common(asked) });
      const { gradient, distance } = answer;
      if (!(gradient instanceof Float32Array) || gradient.length !== pixels.length)
        throw wrongAnswer(`gradient f32 [${pixels.length}], as pixels`, describe(gradient));
      if (typeof distance !== 'number' || !Number.isFinite(distance))
        throw wrongAnswer('distance, a finite number', String(distance));
      return { gradient: finite('gradient', gradient), distance };
    },
  };
}

async function askTeacher(
  { reference, args, seconds }: { reference: BackboneReference; args: object; seconds: number },
  ctx: Pick<StageContext, 'call' | 'log' | 'signal'>,
): Promise<Record<string, unknown>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await inTime(ctx.call(reference, 'score', args), seconds);
      if (typeof answer !== 'object' || answer === null) throw wrongAnswer('an answer', describe(answer));
      return answer as Record<string, unknown>;
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (error instanceof StageError) throw error;
      const { code, message } = error as { code?: string; message: string };
      if (code === 'task.unknown-operation')
        throw new StageError({
          code: 'stage.teacher-without-score',
          where: WHERE,
          expected: 'a backbone that offers score',
          got: `${reference.stage} ${reference.backbone}, which does not`,
          remedy: 'connect another, or none for latent-flow in this process',
        });
      ctx.log(`${WHERE}: asked ${attempt} of ${TRIES} times: ${message}`);
      if (attempt < TRIES) continue;
      throw new StageError({
        code: 'stage.teacher-failed',
        where: WHERE,
        expected: `a score of ${reference.stage} ${reference.backbone}`,
        got: `${TRIES} failures, the last: ${message}`,
        remedy: 'see what it says; the training goes on from its last checkpoint where one is kept',
      });
    }
  }
}

async function inTime<T>(answer: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new StageError({
            code: 'stage.teacher-late',
            where: WHERE,
            expected: `a score within ${seconds} s`,
            got: 'none',
            remedy: 'set teacherSeconds higher, or see why it takes so long',
          }),
        ),
      seconds * 1000,
    );
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function finite(what: string, values: Float32Array): Float32Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw wrongAnswer(`finite numbers in ${what}`, `${values[at]} at ${at}`);
  return values;
}

function wrongAnswer(expected: string, got: string): StageError {
  return new StageError({
    code: 'stage.teacher-answer',
    where: WHERE,
    expected,
    got,
    remedy: 'correct what the teacher answers to score',
  });
}

function describe(value: unknown): string {
  return value instanceof Float32Array ? `f32 [${value.length}]` : typeof value;
}

/** The sound of so many frames. */
function cut(
  { sampleRate, samples }: Audio,
  { from, frames, fps }: { readonly from: number; readonly frames: number; readonly fps: number },
): Audio {
  const at = (frame: number): number => Math.round((frame / fps) * sampleRate);
  return { sampleRate, samples: samples.slice(at(from), at(from + frames)) };
}
