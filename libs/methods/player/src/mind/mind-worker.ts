import { readAvatar, type Avatar } from '@soliloquy/avatar-file';
import { LivePerson, type PersonFrame } from '@soliloquy/motion-stream';
import type { Hearing } from '@soliloquy/speech-features/hearings';
import { phoneNetworkOf, type PhoneCard, type PhoneNetwork } from '@soliloquy/speech-features/phone-stream';
import { isStreamed, openStreamEars, type StreamEars } from '@soliloquy/speech-features/stream-ears';
import type { LoadNetwork } from '@soliloquy/tensor';
import { reasonOf } from '../fault.ts';
import type { FromMind, Phones, ToMind, ToPainterFromMind } from '../messages.ts';
import { LIVE_SAMPLING } from '../sampling.ts';
import { Listener } from './listener.ts';
import { networkLoader } from './load-network.ts';
import { openParts } from './open-parts.ts';

/** Rate of the sound that the first pieces are timed with. Hz */
const TRIAL_RATE = 16_000;
const TRIAL_SECONDS = 1.2;

type Open = ToMind & { type: 'open' };
interface Opened {
  readonly parts: Awaited<ReturnType<typeof openParts>>;
  readonly ears: (sampleRate: number) => Promise<StreamEars>;
  readonly fps: number;
  readonly seed: number;
}

const tell = (message: FromMind): void => postMessage(message);
const fail = (thrown: unknown): void => tell({ type: 'failed', message: reasonOf(thrown) });

let opened: Promise<Opened> | undefined;
let painter: MessagePort | undefined;
const given = Promise.withResolvers<Phones>();
let listener: Listener | undefined;
/** the stretch that was asked for last */
let newest = 0;

addEventListener('message', ({ data }: MessageEvent<ToMind>) => {
  if (data.type === 'painter') painter = data.port;
  else if (data.type === 'phones') given.resolve(data);
  else if (data.type === 'open') {
    opened = open(data);
    opened.catch(fail);
  } else void listen(data).catch(fail);
});

async function open({ avatar, seed, ...engine }: Open): Promise<Opened> {
  const read = await readAvatar(new Uint8Array(avatar));
  const { manifest } = read;
  const { name, licence, consent, fps, background } = manifest;
  tell({ type: 'avatar', facts: { name, licence, consent, fps, ...background } });
  show(read);
  const load = networkLoader(engine);
  const hearing = (manifest.cards.space.hearing ?? 'mel') as Hearing;
  if (!isStreamed(hearing)) throw new Error(`avatar: expected one that hears by phones or mel, got one by ${hearing}`);
  let encoder: Promise<PhoneNetwork> | undefined;
  const phonesOf = (): Promise<PhoneNetwork> => (encoder ??= openPhones(manifest.cards.space, load));
  const made: Opened = {
    parts: await openParts(read, load),
    ears: (sampleRate) => openStreamEars(hearing, { sampleRate, fps }, phonesOf),
    fps,
    seed,
  };
  tell({ type: 'opened', pieceMs: await timed(made), by: `WebAssembly on ${engine.threads} thread(s)` });
  return made;
}

/** The painter gets what it draws from. */
function show({ manifest, files }: Avatar): void {
  const { camera, count } = manifest.gaussians;
  const message: ToPainterFromMind = {
    type: 'person',
    camera,
    count,
    gaussians: files['gaussians.spz'],
    rig: files['space/rig.safetensors'],
    background: files['background.png'],
  };
  painter?.postMessage(message);
}

async function openPhones(
  { phoneEncoder }: { readonly phoneEncoder?: unknown },
  load: LoadNetwork,
): Promise<PhoneNetwork> {
  tell({ type: 'needs-phones' });
  const phones = await given.promise;
  const digest = await crypto.subtle.digest('SHA-256', phones.network);
  const got = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (phoneEncoder !== undefined && phoneEncoder !== got)
    throw new Error(
      `avatar: expected the phone encoder ${String(phoneEncoder).slice(0, 12)} …, got ${got.slice(0, 12)} …; ` +
        'export the avatar anew',
    );
  const { card } = JSON.parse(phones.card) as { card: PhoneCard };
  return phoneNetworkOf(await load(new Uint8Array(phones.network), 'phone-encoder'), card);
}

/** How long a piece takes, once all is warm: the worst of the last three. ms */
async function timed(of: Opened): Promise<number> {
  const person = await personOf(of, TRIAL_RATE);
  const [took, step]: [number[], number] = [[], (LIVE_SAMPLING.piece * TRIAL_RATE) / of.fps];
  for (let at = 0; at < TRIAL_SECONDS * TRIAL_RATE; at += step) {
    const began = performance.now();
    if ((await person.hear(new Float32Array(step))).length > 0) took.push(performance.now() - began);
  }
  return Math.max(...took.slice(-3));
}

async function personOf({ parts, ears, fps, seed }: Opened, sampleRate: number): Promise<LivePerson> {
  return new LivePerson({ ...parts, ears: await ears(sampleRate), fps }, { ...LIVE_SAMPLING, seed });
}

/** From here on the sound of this port is heard, and what was heard before is over. */
async function listen({ port, sampleRate, stretch }: ToMind & { type: 'sound' }): Promise<void> {
  listener?.end();
  newest = stretch;
  const ready = await (opened as Promise<Opened>);
  const person = await personOf(ready, sampleRate);
  if (stretch !== newest) return port.close();
  listener = new Listener({ port, sampleRate }, person, {
    made: (frames, milliseconds) => made(frames, milliseconds, stretch),
    behind: () => tell({ type: 'behind', stretch }),
    failed: fail,
  });
}

function made(frames: readonly PersonFrame[], milliseconds: number, stretch: number): void {
  const message: ToPainterFromMind = { type: 'frames', stretch, frames };
  painter?.postMessage(
    message,
    frames.flatMap(({ pose }) => Object.values(pose).map(({ buffer }: Float32Array) => buffer as ArrayBuffer)),
  );
  tell({
    type: 'made',
    stretch,
    frames: frames.map(({ frame, isSpoken }) => ({ frame, isSpoken })),
    milliseconds,
  });
}
