import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '@soliloquy/testing/chromium';
import { AVATARS } from '../../libs/methods/player/test/fixture/small-people.ts';
import { openExamples } from '../src/open-examples.ts';
import { sentencesOf } from '../src/speech.ts';

const PATIENCE_MS = 240_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let served: Awaited<ReturnType<typeof openExamples>> | undefined;
let browser: Browser | undefined;

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  served = await openExamples({ first: AVATARS.mel, second: AVATARS.mel });
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
  });
}, PATIENCE_MS);
afterAll(async () => {
  await browser?.close();
  await served?.close();
}, PATIENCE_MS);

/** A page of the examples; what its avatars tell is kept, by their places. */
function check(name: string, path: string, body: (page: Page, requests: readonly string[]) => Promise<void>): void {
  test(name, { timeout: PATIENCE_MS }, async ({ skip }) => {
    if (browser === undefined || served === undefined) skip('no Chromium here');
    else {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.addInitScript(() => {
        const told: string[] = [];
        Object.assign(window, { told });
        document.addEventListener('DOMContentLoaded', () => {
          for (const [place, avatar] of document.querySelectorAll('soliloquy-avatar').entries())
            for (const type of ['ready', 'shown', 'speaking'])
              avatar.addEventListener(type, (event) => {
                const { speaking = '' } = ((event as CustomEvent).detail ?? {}) as { speaking?: boolean };
                told.push(`${place} ${type} ${speaking}`.trim());
              });
        });
      });
      await page.goto(`${served.origin}/${path}/`);
      await body(page, requests);
      await page.close();
    }
  });
}

const until = (page: Page, what: string): Promise<unknown> =>
  page.waitForFunction((wanted) => (window as unknown as { told: string[] }).told.includes(wanted), what);

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; help: string }[] }> } };
    return (await axe.run()).violations.map(({ id, help }) => `${id}: ${help}`);
  });
}

describe('the voice agent', () => {
  check('says what is typed, by keys alone, and asks nobody else', 'voice-agent', async (page, requests) => {
    await until(page, '0 ready');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('What it says').fill('One sentence, said in this page. And another.');
    await page.getByRole('button', { name: 'Say it' }).focus();
    await page.keyboard.press('Enter');
    await until(page, '0 speaking true');
    await until(page, '0 shown');
    expect(await page.getByRole('status').first().textContent()).toBe('');
    const origins = new Set(requests.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).origin));
    expect([...origins]).toEqual([new URL(page.url()).origin]);
  });
});

describe('two avatars side by side', () => {
  check('talk in turns, each with its own mouth', 'side-by-side', async (page) => {
    await until(page, '0 ready');
    await until(page, '1 ready');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Let them talk in turns' }).click();
    await until(page, '0 speaking true');
    await until(page, '1 speaking true');
    const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
    expect(told.indexOf('0 speaking true')).toBeLessThan(told.indexOf('1 speaking true'));
  });
});

describe('a text', () => {
  test('is cut at the ends of its sentences, in signs that Flite reads', () => {
    expect(sentencesOf('  “Où est-il?”  It’s here…  \n Good 👋 ')).toEqual(['Ou est-il?', "It's here...", 'Good']);
    expect(sentencesOf('👋 ')).toEqual([]);
  });
});
