import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ModelFolders, modelRegistry } from '@soliloquy/models';
import { withModelFolders } from '../src/model-places.ts';
import { stages as INSTALLED } from '../src/stages.ts';
import { freshProject, start, type Ended } from './fixture/command.ts';

const FILES: Readonly<Record<string, Uint8Array>> = {
  'model.onnx': new Uint8Array(200_000).fill(7),
  'voices/a.bin': new Uint8Array(2_000).fill(9),
};
const ENTRY = {
  name: 'tiny-voice',
  title: 'A voice of the tests',
  purpose: 'text-to-speech',
  licence: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
  source: 'https://models.example/voice',
  files: Object.entries(FILES).map(([path, content]) => ({
    path,
    bytes: content.length,
    digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
  })),
};

/** A person with a configuration, and how they call the command. */
function person(config: object) {
  const folder = freshProject();
  mkdirSync(join(folder, 'config/soliloquy'), { recursive: true });
  writeFileSync(join(folder, 'config/soliloquy/config.json'), JSON.stringify(config));
  const env = { XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') };
  return { folder, call: (...args: string[]): Promise<Ended> => start(folder, args, env).ended };
}

async function host(): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(FILES[(request.url ?? '').replace('/tiny-voice/', '')]);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{model}/{path}`, asked };
}

test('a model is fetched once its licence is accepted, found, and verified', async () => {
  const { address, asked } = await host();
  const { folder, call } = person({ modelHosts: { '*': address }, modelEntries: [ENTRY] });
  const listed = await call('models', 'list');
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toMatch(
    /^missing +tiny-voice +text-to-speech: A voice of the tests \(CC BY 4\.0, 0\.2 MiB\)$/m,
  );
  expect(listed.stdout).toContain('-> soliloquy models get tiny-voice');
  expect(await call('models', 'get', 'tiny-voice')).toMatchObject({
    code: 2,
    stderr:
      'model tiny-voice: expected that you accept its licence, CC BY 4.0, got no word of it; read ' +
      'https://creativecommons.org/licenses/by/4.0/, then run it with --accept-licence\n',
  });
  expect(asked).toEqual([]);
  const got = await call('models', 'get', 'tiny-voice', '--accept-licence');
  expect(got).toMatchObject({ code: 0, stderr: '' });
  const place = join(folder, 'state/soliloquy/models/tiny-voice');
  expect(got.stdout).toContain(`tiny-voice: in ${place}, digests right`);
  expect(asked).toEqual(['/tiny-voice/model.onnx', '/tiny-voice/voices/a.bin']);
  expect((await call('models', 'get', 'tiny-voice')).stdout).toContain('tiny-voice: all of it was here');
  expect((await call('models', 'list')).stdout).toMatch(/^here +tiny-voice /m);
  const verified = await call('models', 'verify', '--json');
  expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([
    0,
    [{ name: 'tiny-voice', folder: place, ok: true, wrong: [] }],
  ]);
  writeFileSync(join(place, 'model.onnx'), new Uint8Array(200_000).fill(8));
  const wrong = await call('models', 'verify', 'tiny-voice');
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toContain('tiny-voice: not as published: model.onnx; remove it from');
});

test('without a host it says what to put where, and fetches nothing', async () => {
  const { folder, call } = person({ modelEntries: [ENTRY] });
  const got = await call('models', 'get', 'tiny-voice', '--accept-licence');
  const place = join(folder, 'state/soliloquy/models/tiny-voice');
  expect(got).toMatchObject({ code: 2, stdout: '' });
  expect(got.stderr).toContain(`got none in ${join(folder, 'config/soliloquy/config.json')}; name one there under`);
  expect(got.stderr).toContain(`or put model.onnx, voices/a.bin from https://models.example/voice into ${place}\n`);
  expect(existsSync(place)).toBe(false);
  const byHand = await call('models', 'get', 'stable-diffusion-1.5', '--accept-licence');
  expect(byHand.stderr).toContain('expected published digests to check it by, got none; put model_index.json, ');
  expect(byHand.stderr).toContain('unet/model.onnx');
  expect(JSON.parse(readFileSync(join(folder, 'state/soliloquy/licences.json'), 'utf8'))).toMatchObject({
    accepted: { 'tiny-voice': ENTRY.licence },
  });
});

test('a network of evaluation is listed with what makes it, and once it is here verified as not pinned', async () => {
  const { folder, call } = person({});
  const place = join(folder, 'state/soliloquy/models/syncnet');
  const missing = (await call('models', 'list')).stdout;
  const [head, ...said] = missing.slice(missing.search(/^missing +syncnet /m)).split('\n', 5);
  expect(head).toMatch(/ evaluation: SyncNet, lips and sound \(MIT, not pinned\)$/);
  expect(said.map((line) => line.trim())).toEqual([
    expect.stringMatching(/^gives SyncC, SyncD and offset: /),
    expect.stringMatching(/^takes f32 /),
    'read by sync-net',
    expect.stringMatching(/^-> make audio\.onnx, lips\.onnx in .*syncnet of https:.* by tools\/export\/syncnet\.py/),
  ]);
  expect((await call('models', 'get', 'syncnet', '--accept-licence')).stderr).toMatch(
    /^model syncnet: expected published digests to check it by, got none; make audio\.onnx, lips\.onnx in /,
  );
  expect(existsSync(place)).toBe(false);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'audio.onnx'), 'a');
  expect((await call('models', 'list')).stdout).toMatch(/^incomplete +syncnet /m);
  expect((await call('models', 'verify', 'syncnet')).stderr).toContain('syncnet without lips.onnx; make audio.onnx');
  writeFileSync(join(place, 'lips.onnx'), 'b');
  const verified = await call('models', 'verify');
  expect([verified.code, verified.stdout]).toEqual([
    0,
    expect.stringMatching(/^syncnet: here, not pinned \([0-9a-f]{12}\), .*syncnet\n$/),
  ]);
  expect(JSON.parse((await call('models', 'verify', '--json')).stdout)).toMatchObject([{ ok: true, pinned: false }]);
  const listed = JSON.parse((await call('models', 'list', '--json')).stdout) as { name: string; pinned: boolean }[];
  expect(listed.find(({ name }) => name === 'syncnet')).toMatchObject({ state: 'here', pinned: false });
  expect(listed.find(({ name }) => name === 'piper-en-gb-vctk-medium')).toMatchObject({ pinned: true, about: [] });
});

test('no backbone is offered a network of evaluation as its model', () => {
  const root = freshProject();
  const places = { named: { mine: root }, root, registry: modelRegistry(), hasHost: () => false, memory: '' };
  const stages = withModelFolders(INSTALLED, new ModelFolders(places));
  const offered = stages
    .flatMap(({ backbones }) => Object.values(backbones).flatMap(({ needs }) => needs ?? []))
    .flatMap((need) => (need.kind === 'model' ? [need.names?.() ?? []] : []));
  expect(offered.length).toBeGreaterThan(0);
  for (const names of offered) {
    expect(names).toEqual(expect.arrayContaining(['mine', 'kokoro']));
    expect(names).not.toContain('syncnet');
  }
});

test('a folder that the configuration names is a model; what means nothing is refused', async () => {
  const mine = freshProject({ 'model.txt': 'mine' });
  const { call } = person({ models: { mine } });
  const verified = await call('models', 'verify', 'mine');
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/^mine: right \([0-9a-f]{12}\), /)]);
  expect(await call('models', 'verify', 'other')).toMatchObject({ code: 2, stdout: '' });
  expect((await call('models', 'get', '../mine')).stderr).toMatch(/^soliloquy models get: expected a model of the reg/);
  for (const args of [['models'], ['models', 'fetch'], ['models', 'get'], ['models', 'list', 'mine']])
    expect((await call(...args)).code).toBe(2);
  const hostless = person({ modelHosts: { '*': 'ftp://host/{path}' } });
  expect((await hostless.call('models', 'list')).stderr).toContain('got modelHosts.*: expected an address with {path}');
});
