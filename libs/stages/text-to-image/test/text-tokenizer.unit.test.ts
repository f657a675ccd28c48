import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openTokenizer } from '../src/diffusion/text-tokenizer.ts';
import { writeTokenizer } from './fixture/tiny-pipelines.ts';

const folder = mkdtempSync(join(tmpdir(), 'soliloquy-tokenizers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const kind of ['clip', 't5'] as const) writeTokenizer(join(folder, kind), kind);
const clip = openTokenizer(join(folder, 'clip'), 'clip');
const t5 = openTokenizer(join(folder, 't5'), 't5');

/** Computed by `fixture/tokenizers/cut.py` on the whole published vocabularies. */
const sentences = JSON.parse(readFileSync(new URL('./fixture/tokenizers/ids.json', import.meta.url), 'utf8')) as {
  text: string;
  clip: number[];
  t5: number[];
}[];

describe('token ids', () => {
  test('are those that the makers of CLIP publish', () => {
    // openai/CLIP, notebooks/Interacting_with_CLIP.ipynb; the processor's documentation of CLIP in transformers.
    expect([...clip.encode('Hello World!', 77).ids.subarray(0, 5)]).toEqual([49406, 3306, 1002, 256, 49407]);
    expect([...clip.encode('a photo of a cat', 7).ids]).toEqual([49406, 320, 1125, 539, 320, 2368, 49407]);
  });

  test('are those that transformers publishes of T5', () => {
    // huggingface/transformers, tests/models/t5/test_tokenization_t5.py.
    const ids = [...t5.encode('A long paragraph for summarization.', 9).ids];
    expect(ids).toEqual([71, 307, 8986, 21, 4505, 1635, 1707, 5, 1]);
    expect([...t5.encode('Summary of the text.', 6).ids]).toEqual([20698, 13, 8, 1499, 5, 1]);
  });

  test.each(sentences)('of "$text" are those of an independent implementation', ({ text, clip: one, t5: other }) => {
    expect([...clip.encode(text, one.length).ids]).toEqual(one);
    expect([...t5.encode(text, other.length).ids]).toEqual(other);
  });
});

describe('a text', () => {
  test('is padded with the token that the folder names, and cut before the last', () => {
    expect([...clip.encode('a cat', 7).ids]).toEqual([49406, 320, 2368, 49407, 49407, 49407, 49407]);
    expect([...t5.encode('Summary of the text.', 9).ids]).toEqual([20698, 13, 8, 1499, 5, 1, 0, 0, 0]);
    expect(clip.encode('a photo of a cat', 5)).toEqual({ ids: Int32Array.of(49406, 320, 1125, 539, 49407), cut: 2 });
    writeTokenizer(join(folder, 'exclaims'), 'clip');
    writeFileSync(join(folder, 'exclaims/tokenizer_config.json'), '{"model_max_length": 77, "pad_token": "!"}');
    const exclaims = openTokenizer(join(folder, 'exclaims'), 'clip');
    expect([...exclaims.encode('a cat', 6).ids]).toEqual([49406, 320, 2368, 49407, 0, 0]);
    expect([exclaims.longest, t5.longest]).toEqual([77, 512]);
  });

  test('of any length and script is taken in time', () => {
    for (const text of ['x'.repeat(1_000_000), 'ﷺ 漢字 🙂'.repeat(1000), '\u0000\ud800', ' '.repeat(100_000)])
      for (const tokenizer of [clip, t5]) expect(tokenizer.encode(text, 77).ids.length).toBe(77);
  });
});

describe('a folder that is none of a tokenizer is refused by name', () => {
  const broken = (name: string, change: (path: string) => void): (() => unknown) => {
    writeTokenizer(join(folder, name), name.startsWith('t5') ? 't5' : 'clip');
    change(join(folder, name));
    return () => openTokenizer(join(folder, name), 'tokenizer');
  };
  test.each<[string, (path: string) => void, string]>([
    ['no-merges', (path) => rmSync(join(path, 'merges.txt')), 'expected merges.txt of at most 16 MiB, got none'],
    ['no-vocab', (path) => rmSync(join(path, 'vocab.json')), 'no-vocab/vocab.json, got none'],
    ['strange', (path) => writeFileSync(join(path, 'vocab.json'), '{"a": "b"}'), 'its field a right'],
    ['endless', (path) => writeFileSync(join(path, 'vocab.json'), '{"a": 1}'), 'a vocabulary without'],
    ['pad', (path) => writeFileSync(join(path, 'tokenizer_config.json'), '{"pad_token": "zzz"}'), 'got "zzz"'],
    ['t5-model', (path) => writeFileSync(join(path, 'tokenizer.json'), '{"model": {"type": "?"}}'), 'one that can be'],
    ['t5-json', (path) => writeFileSync(join(path, 'tokenizer.json'), '{'), 'expected JSON'],
  ])('%s', (name, change, says) => {
    expect(broken(name, change)).toThrow(expect.objectContaining({ code: 'model.layout' }));
    expect(broken(name, change)).toThrow(says);
  });
});
