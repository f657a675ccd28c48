import { mkdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  aboutNetwork,
  byHand,
  isFetchable,
  LicenceRecord,
  modelEntry,
  ModelFolders,
  modelRegistry,
  MODELS,
  type ModelEntry,
} from '../src/index.ts';
import { content, entryOf, freshFolder } from './fake-host.ts';

const FILES = { 'model.onnx': content(1000), 'config.json': content(20) };
const ENTRY = entryOf('tiny', FILES);

function folders(root: string, entries: readonly ModelEntry[] = [ENTRY], named: Record<string, string> = {}) {
  const registry = modelRegistry(entries);
  return new ModelFolders({ named, root, registry, hasHost: () => false, memory: join(root, 'digests.json') });
}

function put(folder: string, files: Readonly<Record<string, Uint8Array>> = FILES): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

describe('a model is found', () => {
  test('in the folder of its name, or where the configuration says', async () => {
    const root = freshFolder();
    put(join(root, 'tiny'));
    put(join(root, 'elsewhere/mine'));
    const models = folders(root, [ENTRY], { mine: join(root, 'elsewhere/mine') });
    expect((await models.find('tiny')).folder).toBe(join(root, 'tiny'));
    expect((await models.find('mine')).folder).toBe(join(root, 'elsewhere/mine'));
    expect(models.names).toEqual(expect.arrayContaining(['tiny', 'mine', 'kokoro']));
  });

  test('not in parts, and its fault says what to put where', async () => {
    const root = freshFolder();
    put(join(root, 'tiny'), { 'config.json': FILES['config.json'], 'model.onnx': content(999) });
    await expect(folders(root).find('tiny')).rejects.toThrow(
      `model tiny: expected A model of the tests, got ${join(root, 'tiny')} without model.onnx; put model.onnx, ` +
        `config.json from https://models.example/tests into ${join(root, 'tiny')}, or name its folder under models`,
    );
    await expect(folders(root).find('unheard')).rejects.toThrow(`put its files into ${join(root, 'unheard')}, or name`);
    const registry = modelRegistry([ENTRY]);
    const hosted = new ModelFolders({ named: {}, root, registry, hasHost: () => true, memory: join(root, 'd') });
    await expect(hosted.find('tiny')).rejects.toMatchObject({ remedy: 'soliloquy models get tiny' });
  });

  test('by a name alone, never by a path', async () => {
    for (const name of ['../tiny', '/etc', 'a/b', '', '.', '..', 'Tiny'])
      await expect(folders(freshFolder()).find(name)).rejects.toMatchObject({ code: 'model.name' });
  });
});

describe('the digest of a model', () => {
  test('is that of its contents, wherever they are and whenever they were written', async () => {
    const [one, other] = [freshFolder(), freshFolder()];
    put(join(one, 'tiny'));
    put(join(other, 'tiny'), { 'config.json': FILES['config.json'], 'model.onnx': FILES['model.onnx'] });
    utimesSync(join(other, 'tiny/model.onnx'), 1, 1);
    writeFileSync(join(other, 'tiny/.model.onnx.part'), 'half');
    const digest = await (await folders(one).find('tiny')).digest();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await (await folders(other).find('tiny')).digest()).toBe(digest);
  });

  test('changes with a content, a name and a file more', async () => {
    const root = freshFolder();
    put(join(root, 'free'));
    const digest = async () => (await folders(root).find('free')).digest();
    const seen = [await digest()];
    writeFileSync(join(root, 'free/model.onnx'), content(1000, 5));
    seen.push(await digest());
    renameSync(join(root, 'free/config.json'), join(root, 'free/setup.json'));
    seen.push(await digest());
    writeFileSync(join(root, 'free/more.bin'), '');
    seen.push(await digest());
    expect(new Set(seen).size).toBe(4);
  });

  test('is remembered: an unchanged file is not read again, a damaged memory costs time alone', async () => {
    const root = freshFolder();
    put(join(root, 'free'));
    const digest = await (await folders(root).find('free')).digest();
    const memory = join(root, 'digests.json');
    const kept = JSON.parse(readFileSync(memory, 'utf8')) as Record<string, { sha256: string }>;
    expect(Object.keys(kept).map((path) => path.split('/').at(-1))).toEqual(['config.json', 'model.onnx']);
    for (const each of Object.values(kept)) each.sha256 = '0'.repeat(64);
    writeFileSync(memory, JSON.stringify(kept));
    expect(await (await folders(root).find('free')).digest()).not.toBe(digest);
    writeFileSync(memory, 'not JSON');
    expect(await (await folders(root).find('free')).digest()).toBe(digest);
  });

  test('is refused of a folder with a link that leads out of it', async () => {
    const root = freshFolder();
    put(join(root, 'free'));
    writeFileSync(join(root, 'secret'), 'mine');
    symlinkSync(join(root, 'free/model.onnx'), join(root, 'free/inside.onnx'));
    const found = await folders(root).find('free');
    expect(await found.digest()).toMatch(/^[0-9a-f]{64}$/);
    symlinkSync(join(root, 'secret'), join(root, 'free/weights.bin'));
    await expect(found.digest()).rejects.toMatchObject({ code: 'model.strange-file' });
    expect((await found.digest().catch((thrown: Error) => thrown)) as Error).toMatchObject({
      got: expect.stringContaining('secret') as string,
    });
  });
});

describe('the registry', () => {
  test('holds entries that its own schema takes, each name once', () => {
    for (const entry of MODELS) expect(modelEntry.safeParse(entry).error?.issues).toBeUndefined();
    expect(new Set(MODELS.map(({ name }) => name)).size).toBe(MODELS.length);
    expect(() => modelRegistry([{ ...ENTRY, name: 'kokoro' }])).toThrow('modelEntries: kokoro: expected one model');
  });

  test('has the networks of published measures, each with what it gives and takes', () => {
    const networks = MODELS.filter(({ purpose }) => purpose === 'evaluation');
    const figures = networks.map(({ network }) => network?.gives).join();
    for (const figure of ['SyncC', 'SyncD', 'FID', 'FVD', 'FVMD', 'CSIM', 'HKC', 'IQA', 'ASE', 'Acc. Err', 'LPIPS'])
      expect(figures).toContain(figure);
    for (const entry of networks)
      expect([entry.name, aboutNetwork(entry)]).toEqual([
        entry.name,
        [
          `gives ${entry.network?.gives}`,
          `takes ${entry.network?.input}`,
          expect.stringMatching(/^read by [a-z0-9:, -]+$/),
        ],
      ]);
  });

  test('claims no digest of a file that its reader makes, so that no network can be fetched unchecked', () => {
    for (const entry of MODELS.filter(({ purpose }) => purpose === 'evaluation')) {
      expect(isFetchable(entry)).toBe(false);
      if (entry.network?.made !== undefined)
        expect(entry.files.flatMap(({ bytes, digest }) => [bytes, digest]).filter(Boolean)).toEqual([]);
    }
  });

  test('says how the files of a network are made, or which to put where', () => {
    const said = (name: string) => byHand('/models/it', modelRegistry().get(name));
    expect(said('syncnet')).toBe(
      'make audio.onnx, lips.onnx in /models/it of https://github.com/joonson/syncnet_python (syncnet_v2.model) by ' +
        'tools/export/syncnet.py --weights syncnet_v2.model',
    );
    expect(said('arcface')).toMatch(/^put w600k_r50\.onnx from https:.* into \/models\/it$/);
  });

  test('names the measures that read a network', () => {
    const network = { gives: 'a figure', input: 'f32 [1]', readBy: ['sync', 'sync-lag'] };
    expect(aboutNetwork({ ...ENTRY, network })).toEqual(['gives a figure', 'takes f32 [1]', 'read by sync, sync-lag']);
    expect(aboutNetwork(ENTRY)).toEqual([]);
    expect(modelEntry.safeParse({ ...ENTRY, network: { ...network, readBy: [] } }).success).toBe(false);
  });
});

test('a licence is accepted by its name and address, for one model, in a file of the person', async () => {
  const path = join(freshFolder(), 'state/licences.json');
  const record = new LicenceRecord(path);
  expect(record.has(ENTRY)).toBe(false);
  await record.accept(ENTRY);
  expect(record.has(ENTRY)).toBe(true);
  expect(record.has({ ...ENTRY, name: 'other' })).toBe(false);
  expect(record.has({ ...ENTRY, licence: { ...ENTRY.licence, url: 'https://example.org/new-terms' } })).toBe(false);
  expect(new LicenceRecord(path).has(ENTRY)).toBe(true);
  writeFileSync(path, '{}');
  expect(() => record.has(ENTRY)).toThrow('expected the record of accepted licences');
});
