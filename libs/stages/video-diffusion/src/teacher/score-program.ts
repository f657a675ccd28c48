import { join } from 'node:path';
import { KeptProgram } from '@soliloquy/launcher';
import type { Audio, Image } from '@soliloquy/ports';
import { StageError, type FoundCheckout, type StageContext } from '@soliloquy/stage';
import { fitPicture } from '../systems/fitted-picture.ts';
import { takeView, wholeView, type FilmView } from './film-views.ts';
import {
  gradientOf,
  knownPicture,
  knownPrompt,
  knownVoice,
  PROTOCOL,
  readAnswer,
  scoreMessage,
  type Answer,
  type Known,
} from './score-messages.ts';

const WHERE = 'video-diffusion.command.score';
/** A program that nobody asked for so long gives its card back. */
const IDLE_MS = 600_000;
const PROMPT = 'A person talks to the camera.';

/** A rendered film to be scored by pixels: `score`. */
export interface PixelScoreArgs {
  /** f32 [F, px] 0 … 1: the views one after the other, rows from the top, red green blue */
  readonly pixels: Float32Array;
  readonly views: readonly FilmView[];
  /** pixels of the film */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly image: Image;
  readonly background: Image;
  /** of the same F frames */
  readonly audio: Audio;
  readonly prompt?: string;
  /** share of the noise steps, 0 … 1 */
  readonly noise: number;
  readonly seed: number;
  readonly guidance?: number;
}

export interface PixelScore {
  /** f32 [F, px] w (x_0 − x̂_0) pulled back to the pixels; 0 in views that are not the whole film */
  readonly gradient: Float32Array;
  /** mean square of what is pulled back, in the teacher's latents */
  readonly distance: number;
}

/**
 * The score of a teacher that cannot be shipped, by the program `score` in the folder that `checkouts.video-command`
 * names. It is kept between calls and started anew where it ended; what it answers depends on the arguments alone.
 *
 * @throws StageError `stage.bad-call`, `stage.bad-answer`, `stage.teacher-refused`, `task.command-…`; Fault
 *   `task.command-ended` where the program ends meanwhile, which a retry may cure
 */
export async function scoreByProgram(args: PixelScoreArgs, _params: unknown, ctx: StageContext): Promise<PixelScore> {
  const { views, width, height, image, background } = args;
  const whole = wholeView(views, { width, height });
  const view = takeView(args.pixels, views, whole);
  const shape = [view.frames, view.height, view.width, 3] as const;
  const { image: picture } = await fitPicture(image, background, image);
  const facts = {
    picture: knownPicture(picture),
    voice: knownVoice(args.audio),
    prompt: knownPrompt(args.prompt?.trim() || PROMPT),
  };
  const question = scoreMessage({
    ...view,
    picture: facts.picture.digest,
    voice: facts.voice.digest,
    prompt: facts.prompt.digest,
    noise: args.noise,
    seed: args.seed,
    guidance: args.guidance ?? 1,
    fps: args.fps,
  });
  const answer = await asked(question, Object.values(facts), ctx);
  const { gradient, distance } = provedScore(answer, shape);
  return { gradient: view.putBack(gradient), distance };
}

/** Asks, tells what the program does not know yet, and asks again. */
async function asked(question: Uint8Array, facts: readonly Known[], ctx: StageContext): Promise<Answer> {
  const program = await programOf(await ctx.checkout('video-command'), ctx);
  const ask = async (message: Uint8Array): Promise<Answer> => proved(await program.ask(message, ctx.signal), program);
  const first = await ask(question);
  if (first.kind !== 'unknown') return first;
  const missing = JSON.parse(first.metadata.digests ?? '[]') as readonly string[];
  for (const { message } of facts.filter(({ digest }) => missing.includes(digest))) await ask(message);
  return ask(question);
}

/** @throws StageError `stage.teacher-refused`, `stage.bad-answer` for what is no message */
function proved(bytes: Uint8Array, program: KeptProgram): Answer {
  const answer = (() => {
    try {
      return readAnswer(bytes);
    } catch {
      program.end();
      throw badAnswer('a message of the protocol', `${bytes.length} bytes that are none`);
    }
  })();
  if (answer.kind === 'refused')
    throw new StageError({
      code: 'stage.teacher-refused',
      where: WHERE,
      expected: 'a film that the teacher can score',
      got: `"${(answer.metadata.message ?? '').slice(0, 300)}"`,
      remedy: 'see the documentation of your score program',
    });
  return answer;
}

/** @throws StageError `stage.bad-answer` */
function provedScore(answer: Answer, shape: readonly number[]): PixelScore {
  if (answer.kind !== 'scored') throw badAnswer('an answer of kind scored', answer.kind);
  const gradient = gradientOf(answer, shape);
  const of = answer.tensors.gradient;
  if (gradient === undefined)
    throw badAnswer(`gradient f32 or f16 [${shape.join(', ')}]`, of ? `${of.dtype} [${of.shape.join(', ')}]` : 'none');
  const wrong = gradient.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw badAnswer('a gradient of finite numbers', `${gradient[wrong]} at ${wrong}`);
  const distance = Number(answer.metadata.distance ?? NaN);
  if (!(Number.isFinite(distance) && distance >= 0))
    throw badAnswer('a distance from 0', answer.metadata.distance ?? 'none');
  return { gradient, distance };
}

function badAnswer(expected: string, got: string): StageError {
  return new StageError({
    code: 'stage.bad-answer',
    where: WHERE,
    expected,
    got,
    remedy: 'mend the score program, or lower its precision less',
  });
}

/** The programs that run in this process, by folder and card. */
const kept = new Map<string, { program: KeptProgram; idle: NodeJS.Timeout }>();

/** @throws as `KeptProgram.hello`; StageError `stage.bad-answer` for another protocol */
async function programOf(checkout: FoundCheckout, { gpu, signal, log }: StageContext): Promise<KeptProgram> {
  const key = JSON.stringify([checkout.folder, gpu?.index]);
  const here = kept.get(key);
  if (here?.program.isAlive === true) {
    here.idle.refresh();
    return here.program;
  }
  const program = new KeptProgram({ where: WHERE, checkout, command: [join(checkout.folder, 'score')], gpu });
  const { metadata } = proved(await program.hello(signal), program);
  if (metadata.protocol !== PROTOCOL) {
    program.end();
    throw badAnswer(`a hello of ${PROTOCOL}`, metadata.protocol ?? 'another message');
  }
  log(`the score program says hello: ${(metadata.name ?? 'no name').slice(0, 100)}`);
  kept.set(key, { program, idle: setTimeout(() => program.end(), IDLE_MS).unref() });
  return program;
}

/** Ends the programs that are kept in this process; the next call starts them again. */
export function endScorePrograms(): void {
  for (const { program, idle } of kept.values()) {
    clearTimeout(idle);
    program.end();
  }
  kept.clear();
}
