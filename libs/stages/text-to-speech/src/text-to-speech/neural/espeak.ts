import { spawn } from 'node:child_process';
import { findCommand } from '@soliloquy/device';
import { StageError } from '@soliloquy/stage';

/** The program that tells how words are said. It is under the GPL: named, never brought along. */
export const ESPEAK = 'espeak-ng';

/** What a voice of eSpeak NG may be called: it comes from a model's file and goes to a command line. */
const VOICE = /^[a-z][a-z0-9+-]{0,39}$/i;
/** Longer no run of it takes. */
const SECONDS = 30;
/** What it may write of one text, characters. */
const MOST = 1_000_000;

/** Signs that it drops, and that voices were trained to hear. */
const SIGNS = ';:,.!?¡¿—…"«»“”()';
const SECTIONS = new RegExp(`(\\s*[${SIGNS.replace(/[()]/g, '\\$&')}]+\\s*)`, 'u');

/**
 * How a text is said, in IPA with the text's own signs between, by the program eSpeak NG of this machine: without a
 * shell, the text by standard input.
 *
 * @param voice of eSpeak NG, e.g. `en-us`
 * @throws StageError `task.command-missing`, `task.command-failed`; the signal's reason when it aborts
 */
export async function phonemize(text: string, voice: string, signal: AbortSignal): Promise<string> {
  if (!VOICE.test(voice))
    throw new StageError({
      code: 'model.layout',
      where: 'text-to-speech.model',
      expected: 'the name of a voice of eSpeak NG in its configuration',
      got: `"${voice.slice(0, 40)}"`,
      remedy: 'correct the voice',
    });
  const program = findProgram();
  const parts: string[] = [];
  for (const section of text.normalize('NFC').split(SECTIONS)) {
    if (section === '') continue;
    parts.push(
      /[\p{L}\p{N}]/u.test(section) ? await say(program, section, voice, signal) : section.replace(/\s+/g, ' '),
    );
  }
  return parts.join('').trim();
}

/** @throws StageError `task.command-missing` */
function findProgram(): string {
  const found = findCommand(ESPEAK);
  if (found !== undefined) return found;
  throw new StageError({
    code: 'task.command-missing',
    where: 'text-to-speech.phonemes',
    expected: `the program ${ESPEAK}, which tells how words are said`,
    got: 'none on this machine',
    remedy:
      'install it (it is under the GPL), e.g. apt-get install espeak-ng, or give phonemes and set phonemes to "given"',
  });
}

async function say(program: string, text: string, voice: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SECONDS * 1000)]);
  const child = spawn(program, ['-q', '--ipa', '-b', '1', '-v', voice, '--stdin'], {
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: limit,
    killSignal: 'SIGKILL',
  });
  let [said, words] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (piece: string) => void (said = (said + piece).slice(0, MOST)));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => void (words = (words + piece).slice(-300)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(text.replace(/\s+/g, ' '));
  const ended = await new Promise<string | number | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code));
  });
  signal.throwIfAborted();
  if (ended !== 0)
    throw new StageError({
      code: 'task.command-failed',
      where: 'text-to-speech.phonemes',
      expected: `${ESPEAK} to end with 0`,
      got: `${ended}${words === '' ? '' : ` ("${words.trim().split('\n').at(-1)}")`}`,
      remedy: `run ${ESPEAK} -q --ipa -v ${voice} by hand`,
    });
  return said.split(/\s+/).filter(Boolean).join(' ');
}
