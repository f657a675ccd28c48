import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import type { SoliloquyAvatar } from '../src/index.ts';
import { message, PlayerBrowser, told, until, voiceWav } from './fixture/player-browser.ts';
import { SleepingPage } from './fixture/sleeping-page.ts';

const PATIENCE_MS = 240_000;
/** A microphone, a GPU in software, and calls of a page with itself. */
const ARGS = [
  '--use-fake-device-for-media-stream',
  '--enable-unsafe-webgpu',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
];
let browser: PlayerBrowser | undefined;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await PlayerBrowser.start(ARGS);
}, PATIENCE_MS);
afterEach(() => browser?.closePages(), PATIENCE_MS);
afterAll(() => browser?.close(), PATIENCE_MS);

function check(name: string, body: (browser: PlayerBrowser) => Promise<void>): void {
  test(name, { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (browser === undefined) skip('no Chromium here');
    else await body(browser);
  });
}

const says = (page: Page) => expect.poll(() => message(page), { timeout: 60_000 });
const shown = async (page: Page): Promise<number> => (await told(page)).filter(({ type }) => type === 'shown').length;
/** The picture moves from here on. */
const movesOn = async (page: Page): Promise<void> => until(page, 'shown', {}, (await shown(page)) + 3);

describe('a microphone', () => {
  check('that is not there is told, and a recording is played all the same', async () => {
    const bare = await PlayerBrowser.start([]);
    try {
      const page = await bare.served({ files: { '/voice.wav': voiceWav(2) } });
      await until(page, 'ready');
      await page.getByRole('button', { name: 'Talk to it' }).click();
      await says(page).toBe('There is no microphone here: connect one, or play a file.');
      await page.evaluate(async () =>
        (document.querySelector('soliloquy-avatar') as SoliloquyAvatar).play(
          await (await fetch('/voice.wav')).arrayBuffer(),
        ),
      );
      await movesOn(page);
      await says(page).toBe('');
    } finally {
      await bare.close();
    }
  });

  check('that is pulled out is told until another one talks', async (all) => {
    const page = await all.served({}, undefined, true, () => {
      const { mediaDevices } = navigator;
      const own = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await own(constraints);
        Object.assign(window, { microphone: stream.getAudioTracks()[0] });
        return stream;
      };
    });
    await until(page, 'ready');
    const talk = page.getByRole('button', { name: 'Talk to it' });
    await talk.click();
    await movesOn(page);
    // As the browser does it; `stop` alone is silent.
    await page.evaluate(() => {
      const { microphone } = window as unknown as { microphone: MediaStreamTrack };
      microphone.stop();
      microphone.dispatchEvent(new Event('ended'));
    });
    await says(page).toBe('The microphone is gone: connect it, or another, and talk again.');
    await talk.click();
    await says(page).toBe('');
    await movesOn(page);
  });
});

describe('a stream', () => {
  check('of a call that is muted, ends, and begins again is told each time, and heard again', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    await page.evaluate(async () => {
      const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
      here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
      there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
      const renew = async (): Promise<void> => {
        await here.setLocalDescription();
        await there.setRemoteDescription(here.localDescription as RTCSessionDescription);
        await there.setLocalDescription();
        await here.setRemoteDescription(there.localDescription as RTCSessionDescription);
      };
      const context = new AudioContext();
      const voice = context.createOscillator();
      const out = context.createMediaStreamDestination();
      voice.connect(out);
      voice.start();
      const heard = new Promise<MediaStream>((resolve) => (there.ontrack = ({ streams }) => resolve(streams[0])));
      const sender = here.addTransceiver(out.stream.getAudioTracks()[0], {
        direction: 'sendonly',
        streams: [out.stream],
      });
      await renew();
      const stream = await heard;
      await (document.querySelector('soliloquy-avatar') as SoliloquyAvatar).attach(stream);
      const turn = (direction: RTCRtpTransceiverDirection): Promise<void> => {
        sender.direction = direction;
        return renew();
      };
      Object.assign(window, { turn, hangUp: () => there.close(), calls: [here, there] });
    });
    type Call = Window & { turn: (direction: string) => Promise<void> };
    const turn = (to: string) => page.evaluate((direction) => (window as unknown as Call).turn(direction), to);
    await until(page, 'speaking', { speaking: true });
    await turn('inactive');
    await says(page).toBe('No sound comes from this source now.');
    await movesOn(page);
    await turn('sendonly');
    await says(page).toBe('');
  });

  check('without a live track is refused in words; one that ended goes on with its next', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    const attach = (what: 'none' | 'over') =>
      page.evaluate(async (which) => {
        const context = new AudioContext();
        const { stream } = context.createMediaStreamDestination();
        if (which === 'over') stream.getAudioTracks()[0].stop();
        const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
        await avatar.attach(which === 'over' ? stream : new MediaStream());
      }, what);
    for (const what of ['none', 'over'] as const) {
      await attach(what);
      expect(await message(page)).toBe('This stream has no sound: give one with an audio track that is live.');
    }
    const add = (isFirst: boolean) =>
      page.evaluate(async (first) => {
        const kept = window as unknown as { call: MediaStream; track: MediaStreamTrack };
        const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
        const context = new AudioContext();
        const tone = context.createOscillator();
        const out = context.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        const [track] = out.stream.getAudioTracks();
        if (first) kept.call = new MediaStream([track]);
        else {
          // What a browser does when the other side adds one.
          kept.call.addTrack(track);
          kept.call.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track }));
        }
        kept.track = track;
        if (first) await avatar.attach(kept.call);
      }, isFirst);
    await add(true);
    await until(page, 'speaking', { speaking: true });
    await page.evaluate(() => {
      const { track } = window as unknown as { track: MediaStreamTrack };
      track.stop();
      track.dispatchEvent(new Event('ended'));
    });
    await says(page).toBe('This stream ended: it goes on with its next track, or another stream.');
    await until(page, 'speaking', { speaking: false });
    await add(false);
    await says(page).toBe('');
    await until(page, 'speaking', { speaking: true }, 2);
  });
});

describe('sound', () => {
  check('of 8 to 192 kHz is heard, on machines whose sound has such a rate too', async (all) => {
    for (const rate of [8000, 22_050, 44_100, 96_000, 192_000]) {
      const page = await all.served(
        { files: { '/voice.wav': voiceWav(2, rate), '/rate': `${rate}` } },
        undefined,
        true,
        () => {
          const Own = window.AudioContext;
          const request = new XMLHttpRequest();
          request.open('GET', '/rate', false);
          request.send();
          const sampleRate = Number(request.responseText);
          window.AudioContext = class extends Own {
            constructor() {
              super({ sampleRate });
            }
          };
        },
      );
      await until(page, 'ready');
      await page.evaluate(async () =>
        (document.querySelector('soliloquy-avatar') as SoliloquyAvatar).play(
          await (await fetch('/voice.wav')).arrayBuffer(),
        ),
      );
      await until(page, 'speaking', { speaking: true });
      await movesOn(page);
      await says(page).toBe('');
      await page.close();
    }
  });

  check('that is no number is refused where it is pushed in, and silence where it comes another way', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    const refused = await page.evaluate(async () => {
      const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
      const said = await avatar.push(Float32Array.of(0, NaN), 16_000).catch((error: Error) => error.message);
      const context = new AudioContext();
      const out = context.createMediaStreamDestination();
      const buffer = new AudioBuffer({ length: 4800, sampleRate: 48_000 });
      buffer.getChannelData(0).fill(NaN);
      const noNumbers = new AudioBufferSourceNode(context, { buffer });
      noNumbers.connect(out);
      noNumbers.start(context.currentTime + 0.5);
      const tone = new OscillatorNode(context);
      tone.connect(out);
      tone.start(context.currentTime + 1.5);
      await avatar.attach(out.stream);
      return said;
    });
    expect(refused).toBe('player.push: expected finite samples, got others');
    await until(page, 'speaking', { speaking: true });
    await movesOn(page);
    const openings = (await told(page)).flatMap((event) => (event.type === 'shown' ? [event.shown.opening] : []));
    expect(openings.every(Number.isFinite)).toBe(true);
  });

  check('before there is an avatar, and while one is opened, waits with a word', async (all) => {
    const page = await all.served({ files: { '/voice.wav': voiceWav(4) } }, 'controls');
    await page.waitForFunction(() => customElements.get('soliloquy-avatar') !== undefined);
    const talk = page.getByRole('button', { name: 'Talk to it' });
    await talk.click();
    await says(page).toBe('No avatar is open: open one first.');
    await page.evaluate(async () => {
      const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
      void avatar.open(await (await fetch('/person.avatar')).arrayBuffer());
      await avatar.listen();
    });
    await until(page, 'ready');
    await movesOn(page);
    await says(page).toBe('');
  });
});

describe('a page', () => {
  check('that slept says so, and goes on with what is said then', async (all) => {
    const page = await SleepingPage.open(await all.address());
    try {
      await page.until("document.querySelector('soliloquy-avatar')?.dataset.state === 'resting'");
      await page.evaluate(`
        const avatar = document.querySelector('soliloquy-avatar');
        window.kept = { shown: 0, messages: [] };
        avatar.addEventListener('shown', () => kept.shown++);
        avatar.addEventListener('state', ({ detail }) => kept.messages.push(detail.message ?? ''));
        avatar.listen()`);
      await page.until('kept.shown > 3');
      const before = await page.evaluate<number>('kept.messages.length');
      await page.sleep(Number(process.env.SOLILOQUY_SLEEP ?? 6));
      await page.until(`kept.messages.slice(${before}).includes('Paused while the page is hidden')`);
      await page.until("kept.messages.at(-1) === ''").catch(async (thrown: Error) => {
        throw new Error(`${thrown.message}: ${await page.evaluate<string>('JSON.stringify(kept.messages)')}`);
      });
      const shown = await page.evaluate<number>('kept.shown');
      await page.until(`kept.shown > ${shown + 3}`);
    } finally {
      await page.close();
    }
  });

  check('whose thread stood still for some seconds catches up with the sound', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    await page.getByRole('button', { name: 'Talk to it' }).click();
    await movesOn(page);
    await page.evaluate(() => {
      const until = performance.now() + 5000;
      while (performance.now() < until);
    });
    await movesOn(page);
    await says(page).toBe('');
  });
});

describe('a GPU', () => {
  check('that is lost gives way to WebAssembly, and the picture goes on', async (all) => {
    const page = await all.served({}, 'src="/person.avatar" controls device="webgpu" size="96x144"');
    await until(page, 'drawing');
    const drawing = async () => (await told(page)).flatMap((event) => (event.type === 'drawing' ? [event] : []));
    const before = await drawing();
    expect(before.at(-1)).toMatchObject({ by: expect.not.stringContaining('WebAssembly') as string });
    await until(page, 'ready');
    const [painter] = page.workers().filter((worker) => worker.url().includes('painter'));
    // The next thing that is asked of the GPU finds it gone.
    await painter.evaluate(() => {
      const { prototype } = (
        globalThis as unknown as {
          GPUDevice: { prototype: { createCommandEncoder(this: { destroy(): void }): unknown } };
        }
      ).GPUDevice;
      const encode = prototype.createCommandEncoder;
      prototype.createCommandEncoder = function () {
        this.destroy();
        return encode.call(this);
      };
    });
    await page.getByRole('button', { name: 'Talk to it' }).click();
    await until(page, 'drawing', {}, before.length + 1);
    const last = (await drawing()).at(-1);
    expect(last?.because).toMatch(/lost/);
    expect(last?.by).toMatch(/^WebAssembly/);
    await movesOn(page);
    await says(page).toBe('');
  });
});
