import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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
