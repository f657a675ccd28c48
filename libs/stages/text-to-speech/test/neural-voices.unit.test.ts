import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timings as timingsPort } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { textToSpeechStage } from '../src/index.ts';
import { run as kokoro } from '../src/text-to-speech/backbones/kokoro.ts';
import { run as piper } from '../src/text-to-speech/backbones/piper.ts';
import { phoneTimings } from '../src/text-to-speech/neural/phone-timings.ts';
import { scriptOf } from '../src/text-to-speech/neural/scripts.ts';
import { writeEspeak, writeKokoro, writePiper } from './fixture/tiny-voices.ts';

const root = mkdtempSync(join(tmpdir(), 'soliloquy-voices-'));
const programs = join(root, 'programs');
const path = process.env.PATH ?? '';
beforeAll(() => {
  writePiper(join(root, 'piper'));
  writePiper(join(root, 'piper-untimed'), { durations: false });
  writeKokoro(join(root, 'kokoro'));
  writeKokoro(join(root, 'kokoro-old'), { old: true, durations: false });
  writeEspeak(programs);
  process.env.PATH = `${programs}${delimiter}${path}`;
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(root, { recursive: true, force: true });
});

const { backbones } = textToSpeechStage;
const VOICES = { piper, kokoro } as const;
type Kind = keyof typeof VOICES;
const LINE = 'Hello there, my friend. It is good to see you!';

async function say(
  kind: Kind,
  text: string,
  { padTo = 0, ...wishes }: { padTo?: number; [param: string]: unknown } = {},
  given: Partial<StageContext> = {},
) {
  const params = { padTo, ...backbones[kind].params.parse({ model: kind, ...wishes }) };
  await using ctx = stageContext({ model: (name) => Promise.resolve(join(root, name)), ...given });
  const run = VOICES[kind] as (inputs: object, params: object, ctx: StageContext) => ReturnType<typeof piper>;
  return { ...(await run({ text, file: undefined, like: undefined }, params, ctx)), ctx };
}

const digest = ({ samples }: { samples: Float32Array }): string =>
  createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex').slice(0, 16);

describe.each(['piper', 'kokoro'] as const)('%s', (kind) => {
  test('says a text at 16 kHz mono, the same on 1, 2 and 4 threads, other texts otherwise', async () => {
    const { audio, ctx } = await say(kind, LINE);
    expect(audio.sampleRate).toBe(16_000);
    expect(audio.samples.length).toBeGreaterThan(1600);
    expect(audio.samples.every((value) => Number.isFinite(value) && Math.abs(value) < 2)).toBe(true);
    for (const threads of [1, 2, 4]) expect(digest((await say(kind, LINE, {}, { threads })).audio)).toBe(digest(audio));
    expect(digest((await say(kind, 'Good bye.')).audio)).not.toBe(digest(audio));
    expect(ctx.logs.join()).toMatch(kind === 'piper' ? /License: Public Domain/ : /license: apache-2\.0/);
  });

  test('has timings that add up to the sound, ascending, with the phones that were said', async () => {
    const { audio, timings } = await say(kind, LINE);
    const phones = timings?.phones ?? [];
    expect(timingsPort.schema.safeParse(timings).success).toBe(true);
    expect(phones[0]?.start).toBe(0);
    expect(phones.at(-1)?.end).toBeCloseTo(audio.samples.length / 16_000, 6);
    const utteranceEnds = phones.filter((each, i) => i > 0 && each.start > (phones[i - 1]?.end ?? 0) + 1e-6);
    // Piper pauses between sentences; within one every phone begins where the one before it ends.
    expect(utteranceEnds.length).toBeLessThanOrEqual(kind === 'piper' ? 1 : 0);
    expect(phones.map(({ phone }) => phone).filter((phone) => phone === 'ˈɛ').length).toBeGreaterThan(2);
    expect(phones.some(({ phone }) => phone === 'pau')).toBe(true);
    const untimed = await say(kind, LINE, { model: kind === 'piper' ? 'piper-untimed' : 'kokoro-old' });
    expect(untimed.timings).toBeUndefined();
    expect(untimed.audio.samples.length).toBe(audio.samples.length);
  });

  test('speaks faster and slower, and is filled up with silence', async () => {
    const still = kind === 'piper' ? { variation: 0 } : {};
    const lengths: number[] = [];
    for (const pace of [0.5, 1, 2]) lengths.push((await say(kind, LINE, { pace, ...still })).audio.samples.length);
    expect(lengths[0]! / lengths[1]!).toBeGreaterThan(1.5);
    expect(lengths[1]! / lengths[2]!).toBeGreaterThan(1.4);
    const padded = await say(kind, LINE, { padTo: 60 });
    expect(padded.audio.samples.length).toBe(960_000);
    expect(padded.audio.samples.subarray(-1000).every((value) => value === 0)).toBe(true);
  });

  test('refuses by its name every writing that the voice does not read', async () => {
    for (const [text, script] of [
      ['Привет, друг', 'Cyrillic'],
      ['Hello 世界', 'Han'],
      ['こんにちは', 'Hiragana'],
      ['안녕하세요', 'Hangul'],
      ['مرحبا', 'Arabic'],
      ['नमस्ते', 'Devanagari'],
      ['γεια', 'Greek'],
      ['שלום', 'Hebrew'],
      ['ᏣᎳᎩ', 'another writing'],
    ] as const)
      await expect(say(kind, text)).rejects.toMatchObject({
        code: 'stage.script',
        got: expect.stringMatching(new RegExp(`^${script} \\("`)) as string,
        expected: expect.stringMatching(/^a text in Latin, which voice ".+" reads$/) as string,
      });
    for (const text of ['', '  ', '?!…', '—'])
      await expect(say(kind, text)).rejects.toMatchObject({ code: 'stage.empty-text' });
  });

  test('takes phonemes as they are given, and refuses what has no sound', async () => {
    const given = await say(kind, 'həlˈɛʊ wˈɜːld.', { phonemes: 'given' }, {});
    expect(given.timings?.phones.map(({ phone }) => phone)).toContain('ˈɛ');
    await expect(say(kind, 'həˈλo', { phonemes: 'given' })).rejects.toThrow(
      /^text-to-speech\.text: expected phonemes that voice ".+" has, got "λ"; write/,
    );
    await expect(say(kind, '...', { phonemes: 'given' })).rejects.toMatchObject({ code: 'stage.empty-text' });
  });

  test('says how far it is, and ends when it is cancelled', async () => {
    const long = 'ðɪs ɪz ɑː sˈɛntɛns, ænd ɪt ɪz lɔŋ. '.repeat(30);
    const { ctx } = await say(kind, long, { phonemes: 'given' });
    expect(ctx.reports.length).toBeGreaterThan(3);
    const controller = new AbortController();
    const progress = (done: number): void => void (done === 1 && controller.abort(new Error('enough')));
    await expect(say(kind, long, { phonemes: 'given' }, { progress, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
  });
});

describe('piper', () => {
  test('has the length that its network says: frames of 64 samples at 22.05 kHz, resampled', async () => {
    const { audio } = await say('piper', 'Hello.', { variation: 0 });
    const at22 = (audio.samples.length / 16_000) * 22_050;
    expect(Math.abs(at22 / 64 - Math.round(at22 / 64))).toBeLessThan(0.02);
  });

  test('draws by the seed, and nothing where variation is 0', async () => {
    const drawn = await Promise.all(
      [1, 1, 2].map(async (seed) => digest((await say('piper', LINE, {}, { seed })).audio)),
    );
    expect(drawn[1]).toBe(drawn[0]);
    expect(drawn[2]).not.toBe(drawn[0]);
    const still = await Promise.all(
      [1, 2].map(async (seed) => digest((await say('piper', LINE, { variation: 0 }, { seed })).audio)),
    );
    expect(still[1]).toBe(still[0]);
  });

  test('has speakers by name and number', async () => {
    const by = async (speaker: string) => digest((await say('piper', LINE, { speaker, variation: 0 })).audio);
    expect(await by('')).toBe(await by('anna'));
    expect(await by('1')).toBe(await by('ben'));
    expect(await by('cleo')).not.toBe(await by('ben'));
    await expect(say('piper', LINE, { speaker: 'dora' })).rejects.toThrow(
      'expected a speaker of this voice (anna, ben',
    );
    await expect(say('piper', LINE, { speaker: '3' })).rejects.toMatchObject({ code: 'stage.argument' });
  });

  test('reads letters itself where its voice was trained on them, and refuses other writings', async () => {
    const letters = Object.fromEntries([...'_^$ .абвгдежзиклмнопрстуя'].map((letter, id) => [letter, [id]]));
    const config = { phoneme_type: 'text', phoneme_id_map: letters, language: { code: 'ru_RU' } };
    writePiper(join(root, 'reader'), { config });
    const { timings } = await say('piper', 'Привет.', { model: 'reader' });
    expect(timings?.phones.map(({ phone }) => phone)).toEqual(expect.arrayContaining(['п', 'р', 'и', 'в', 'е', 'т']));
    await expect(say('piper', 'Hello', { model: 'reader' })).rejects.toThrow('expected a text in Cyrillic');
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      'empty',
      (folder) => rmSync(join(folder, 'tiny.onnx')),
      'expected one voice (.onnx with .onnx.json) in the folder, got none',
    ],
    ['double', (folder) => writeFileSync(join(folder, 'b.onnx'), ''), 'got b.onnx, tiny.onnx'],
    ['mute', (folder) => rmSync(join(folder, 'tiny.onnx.json')), '/tiny.onnx.json, got none'],
    ['strange', (folder) => writeFileSync(join(folder, 'tiny.onnx.json'), '{}'), 'audio right'],
    ['broken', (folder) => writeFileSync(join(folder, 'tiny.onnx'), 'x'), 'expected an ONNX model'],
    [
      'no-pad',
      (folder) => writePiper(folder, { config: { phoneme_id_map: { '^': [1], $: [2] } } }),
      'expected an id of "_"',
    ],
    ['shell', (folder) => writePiper(folder, { config: { espeak: { voice: '-x; rm' } } }), 'got "-x; rm"'],
  ])('a folder that is %s is refused by name', async (name, change, says) => {
    const folder = join(root, `piper-${name}`);
    writePiper(folder);
    change(folder);
    await expect(say('piper', LINE, { model: `piper-${name}` })).rejects.toThrow(says);
  });
});

describe('kokoro', () => {
  test('takes the style of the number of symbols, and both of its layouts', async () => {
    const now = await say('kokoro', LINE);
    expect(digest((await say('kokoro', LINE, { model: 'kokoro-old' })).audio)).toBe(digest(now.audio));
    expect(digest((await say('kokoro', LINE, { voice: 'bm_george' })).audio)).not.toBe(digest(now.audio));
    expect((now.audio.samples.length * 24_000) / 16_000 / 600).toBe(Math.round((now.audio.samples.length * 1.5) / 600));
  });

  test('says long texts in pieces that its network can read', async () => {
    const { audio } = await say('kokoro', 'abcdefghij '.repeat(120));
    expect(audio.samples.length).toBeGreaterThan(16_000);
  });

  test('refuses voices that are not there or whose sounds cannot be told here', async () => {
    await expect(say('kokoro', LINE, { voice: 'af_nobody' })).rejects.toThrow(
      'a voice in the folder (af_heart, bm_george',
    );
    await expect(say('kokoro', LINE, { voice: '../../x' })).rejects.toMatchObject({ code: 'stage.argument' });
    await expect(say('kokoro', LINE, { voice: 'jf_alpha' })).rejects.toThrow('got "jf_alpha", which speaks Japanese');
    expect(
      (await say('kokoro', 'kˈɑː', { voice: 'jf_alpha', phonemes: 'given' })).audio.samples.length,
    ).toBeGreaterThan(0);
    writeKokoro(join(root, 'cut'));
    writeFileSync(join(root, 'cut/voices/af_heart.bin'), new Uint8Array(1000));
    await expect(say('kokoro', LINE, { model: 'cut' })).rejects.toThrow(
      'expected voices/af_heart.bin of 256 numbers a row',
    );
  });
});

describe('the program that tells how words are said', () => {
  test('gets the text by standard input, without a shell, and two variables', async () => {
    const calls = join(programs, 'calls.txt');
    rmSync(calls, { force: true });
    await say('piper', '$(touch here) `id`; -x "a", b');
    const all = readFileSync(calls, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('\t') as [string, string, string]);
    // What the shell of the program itself adds.
    const own = ['PWD', 'OLDPWD', 'SHLVL', '_', ''];
    for (const [args, , variables] of all) {
      expect(args).toBe('-q --ipa -b 1 -v en-us --stdin');
      expect(variables.split(' ').filter((name) => !own.includes(name))).toEqual(['LC_ALL', 'PATH']);
    }
    expect(all.map(([, text]) => text).join('')).toContain('touch here');
    expect(existsSync('here')).toBe(false);
  });

  test('is named where it is missing or fails, with what to do', async () => {
    await expect(say('piper', 'fail')).rejects.toThrow(
      'expected espeak-ng to end with 0, got 3 ("no such voice"); run',
    );
    process.env.PATH = dirname(process.execPath);
    try {
      await expect(say('piper', LINE)).rejects.toThrow(
        'the program espeak-ng, which tells how words are said, got none',
      );
      await expect(say('kokoro', LINE)).rejects.toMatchObject({ code: 'task.command-missing' });
      expect((await say('kokoro', 'həlˈɛʊ', { phonemes: 'given' })).audio.samples.length).toBeGreaterThan(0);
    } finally {
      process.env.PATH = `${programs}${delimiter}${path}`;
    }
  });
});

test('marks belong to their phone, padding to what is before it, signs are pauses', () => {
  const symbols = ['^', '', 'h', '', 'ˈ', '', 'ɑ', '', 'ː', '', '.', '', ' ', '', 'b', '', '$'];
  const phones = phoneTimings(symbols, new Float64Array(symbols.length).fill(1), 17, 100);
  expect(phones).toEqual([
    { phone: 'pau', start: 100, end: 102 },
    { phone: 'h', start: 102, end: 106 },
    { phone: 'ˈɑː', start: 106, end: 110 },
    { phone: 'pau', start: 110, end: 114 },
    { phone: 'b', start: 114, end: 116 },
    { phone: 'pau', start: 116, end: 117 },
  ]);
});

test('writings are told by their letters; digits and signs are of all', () => {
  expect([...'aяα漢1 !'].map(scriptOf)).toEqual(['Latin', 'Cyrillic', 'Greek', 'Han', undefined, undefined, undefined]);
});
