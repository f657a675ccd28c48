import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { readBuiltPlayer } from '../src/built.ts';
import type { SoliloquyAvatar } from '../src/index.ts';
import { packPage } from '../src/pack-page.ts';
import { asked, message, PlayerBrowser, told, until, voiceWav } from './fixture/player-browser.ts';
import { AVATARS } from './fixture/small-people.ts';

const PATIENCE_MS = 240_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ABOUT = { name: 'Small <b>', licence: 'for tests', consent: '' };
let browser: PlayerBrowser | undefined;

beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await PlayerBrowser.start();
}, PATIENCE_MS);
afterEach(() => browser?.closePages(), PATIENCE_MS);
afterAll(() => browser?.close(), PATIENCE_MS);

function check(name: string, body: (browser: PlayerBrowser) => Promise<void>): void {
  test(name, { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (browser === undefined) skip('no Chromium here');
    else await body(browser);
  });
}

describe('an avatar in a page', () => {
  check('asks for the microphone when told to, moves to what it hears, and asks nobody for anything', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    expect(await asked(page)).toBe(0);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.getByRole('button', { name: 'Talk to it' }).click();
    await until(page, 'speaking', { speaking: true });
    await until(page, 'speaking', { speaking: false });
    await until(page, 'latency', {}, 2);
    expect(await asked(page)).toBe(1);
    const events = await told(page);
    const frames = events.flatMap((event) => (event.type === 'shown' ? [event.shown] : []));
    expect(frames.length).toBeGreaterThan(20);
    frames.slice(1).forEach(({ frame }, i) => expect(frame).toBeGreaterThan(frames[i].frame));
    expect(frames.every(({ latency }) => latency > 0.1 && latency < 12)).toBe(true);
    expect(new Set(frames.map(({ opening }) => opening)).size).toBeGreaterThan(10);
    // The worklet is the one file that waits until there is sound.
    expect(requests.filter((url) => !url.endsWith('/player/worklet.js'))).toEqual([]);
  });

  check('plays a recording without being isolated, and gives picture and sound as one stream', async (all) => {
    const page = await all.served({ isIsolated: false, files: { '/voice.wav': voiceWav(2) } });
    await until(page, 'ready');
    await page.mouse.click(5, 5);
    const kinds = await page.evaluate(async () => {
      const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
      await avatar.play(await (await fetch('/voice.wav')).blob());
      return (await avatar.captureStream()).getTracks().map(({ kind }) => kind);
    });
    expect(kinds.sort()).toEqual(['audio', 'video']);
    await until(page, 'shown', {}, 20);
    expect(await asked(page)).toBe(0);
  });

  check('takes sound that is pushed in, at 8 to 192 kHz and at no other rate', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    await page.mouse.click(5, 5);
    const refused = await page.evaluate(async () => {
      const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
      for (const rate of [8000, 192_000])
        await avatar.push(
          Float32Array.from({ length: rate }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 200 * i) / rate)),
          rate,
        );
      return avatar.push(new Float32Array(10), 4000).then(
        () => 'taken',
        (error: Error) => error.message,
      );
    });
    expect(refused).toBe('player.push: expected a rate of 8000 to 192000 Hz, got 4000');
    await until(page, 'shown', {}, 30);
  });

  check('turns by keys within its limits, and its buttons are reached by Tab', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    const orbit = () =>
      page.evaluate(() => (document.querySelector('soliloquy-avatar') as SoliloquyAvatar).player.orbit);
    await page.keyboard.press('Tab');
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
    expect(await orbit()).toEqual({ yaw: 0.35, pitch: 0, distance: 1 });
    await page.keyboard.press('0');
    expect((await orbit()).yaw).toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(page, 'state', { state: 'listening' });
    expect(await asked(page)).toBe(1);
  });

  check('has nothing that axe complains of', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; help: string }[] }> } };
      return (await axe.run()).violations.map(({ id, help }) => `${id}: ${help}`);
    });
    expect(violations).toEqual([]);
  });

  check('stands still with a word while its page is hidden, and goes on when it is seen', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    await page.getByRole('button', { name: 'Talk to it' }).click();
    await until(page, 'shown', {}, 5);
    const hide = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    await until(page, 'state', { state: 'paused' });
    expect(await message(page)).toBe('Paused while the page is hidden');
    const before = (await told(page)).filter(({ type }) => type === 'shown').length;
    await page.waitForTimeout(500);
    expect((await told(page)).filter(({ type }) => type === 'shown').length).toBeLessThanOrEqual(before + 1);
    await hide(false);
    await until(page, 'shown', {}, before + 10);
    expect(await message(page)).toBe('');
  });

  check('hears on where another avatar takes its place, whether or not a source plays then', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    const replace = () =>
      page.evaluate(() => document.querySelector('soliloquy-avatar')?.setAttribute('src', '/person.avatar'));
    await page.getByRole('button', { name: 'Talk to it' }).click();
    await until(page, 'shown', {}, 5);
    await replace();
    await until(page, 'ready', {}, 2);
    const first = (await told(page)).filter(({ type }) => type === 'shown').length;
    await until(page, 'shown', {}, first + 5);
    await page.getByRole('button', { name: 'Stop' }).click();
    await replace();
    await until(page, 'ready', {}, 3);
    await page.getByRole('button', { name: 'Talk to it' }).click();
    const second = (await told(page)).filter(({ type }) => type === 'shown').length;
    await until(page, 'shown', {}, second + 5);
  });

  check('is transparent where it is told to be', async (all) => {
    const page = await all.served({}, 'src="/person.avatar" transparent');
    await until(page, 'ready');
    await page.waitForFunction(() => {
      const canvas = document.querySelector('soliloquy-avatar')?.shadowRoot?.querySelector('canvas');
      const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const alphas = Array.from(data).filter((_, i) => i % 4 === 3);
      return alphas.some((alpha) => alpha === 0) && alphas.some((alpha) => alpha > 100);
    });
  });
});

describe('what cannot be played', () => {
  check('is told in the player: an avatar cut off at every tenth of its bytes, one that is not there', async (all) => {
    const page = await all.served({}, '');
    const said = await page.evaluate(async () => {
      const whole = await (await fetch('/person.avatar')).arrayBuffer();
      const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
      const messages: string[] = [];
      for (let tenth = 0; tenth < 10; tenth++) {
        const failed = new Promise<string>((resolve) => {
          avatar.addEventListener('state', function listen(event) {
            const { state, message } = (event as CustomEvent).detail as { state: string; message: string };
            if (state !== 'failed') return;
            avatar.removeEventListener('state', listen);
            resolve(message);
          });
        });
        await avatar.open(whole.slice(0, (whole.byteLength * tenth) / 10));
        messages.push(await failed);
      }
      return messages;
    });
    expect(said).toHaveLength(10);
    for (const line of said) expect(line).toMatch(/^avatar.*: expected .+, got .+; copy the file again/);
    await page.evaluate(() => document.querySelector('soliloquy-avatar')?.setAttribute('src', '/none.avatar'));
    await page.waitForFunction(() =>
      document
        .querySelector('soliloquy-avatar')
        ?.shadowRoot?.querySelector('[role=alert]')
        ?.textContent?.includes('404'),
    );
    // A whole one is played after all that.
    await page.evaluate(() => document.querySelector('soliloquy-avatar')?.setAttribute('src', '/person.avatar'));
    await until(page, 'ready');
    expect(await message(page)).toBe('');
  });

  check('is told in the player: a microphone that is refused, and a file that is no sound', async (all) => {
    const page = await all.served({}, 'src="/person.avatar" controls', false);
    await until(page, 'ready');
    await page.getByRole('button', { name: 'Talk to it' }).click();
    await expect.poll(() => message(page), { timeout: 30_000 }).toMatch(/^The microphone may not be used: allow it/);
    await page.evaluate(() =>
      (document.querySelector('soliloquy-avatar') as SoliloquyAvatar).play(new ArrayBuffer(99)),
    );
    expect(await message(page)).toBe('This is no sound that the browser can play: give WAV, MP3 or M4A.');
  });

  check('is opened again where a worker of the player ends, and told where it ends again and again', async (all) => {
    const page = await all.served();
    await until(page, 'ready');
    await page.evaluate(() => {
      const started = window.Worker;
      Object.assign(window, {
        Worker: class extends started {
          constructor(url: string | URL, options?: WorkerOptions) {
            super(url, options);
            setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })), 50);
          }
        },
      });
      document.querySelector('soliloquy-avatar')?.setAttribute('src', '/person.avatar');
    });
    await expect.poll(() => message(page), { timeout: 30_000 }).toBe('The player stopped: out of memory');
  });
});

describe('a page that holds everything', () => {
  check('plays from disk, asks for nothing, and lets nothing out', async (all) => {
    const html = await packPage(AVATARS.phones, ABOUT, await readBuiltPlayer({ hearsPhones: true }));
    expect(await packPage(AVATARS.phones, ABOUT, await readBuiltPlayer({ hearsPhones: true }))).toBe(html);
    expect(html.length).toBeLessThan(20e6);
    const { page, requests } = await all.onDisk(html);
    await until(page, 'ready');
    await page.mouse.click(5, 5);
    const voice = { name: 'voice.wav', mimeType: 'audio/wav', buffer: Buffer.from(voiceWav(3)) };
    await page.getByLabel('A recording').setInputFiles(voice);
    await until(page, 'shown', {}, 20);
    expect(await page.getByRole('heading').textContent()).toBe('Small <b>');
    expect(requests.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).pathname)).toEqual([
      new URL(page.url()).pathname,
    ]);
    const left = await page.evaluate(() => fetch('https://example.org/').then(String, String));
    expect(left).toMatch(/TypeError/);
  });
});
