import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { sentenceOf, type Fault } from '@soliloquy/fault';
import { audio, file, image, landmarks, text, video, type PortType } from '@soliloquy/ports';
import { decodeGiven, decodeText, decodeThumbnail } from '../src/index.ts';
import { recklessStage } from './fixture/stages.ts';

const folder = mkdtempSync(join(tmpdir(), 'soliloquy-decoding-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STAGES = new URL('./fixture/stages.ts', import.meta.url).href;
const reckless = recklessStage.inputs.file.type;
const PERSON = new URL('../../../stages/reference/test/fixtures/astronaut.jpg', import.meta.url);
const MEDIA = fileURLToPath(new URL('../../media/test/fixtures/', import.meta.url));

function put(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const give = (said: string): ReturnType<typeof decodeGiven> =>
  decodeGiven(reckless, { path: put('its name.txt', said), most: 1000 }, STAGES);

const saidBy = (files: Awaited<ReturnType<typeof give>>): string => new TextDecoder().decode(files['said.txt']);

test.each([
  ['computes for ever', 'hang', 'decoding.too-slow', /a file that is read within 2 s, got no end by then/],
  ['waits for ever', 'wait', 'decoding.too-slow', /within 2 s/],
  ['hangs in a native call', 'hang natively', 'decoding.too-slow', /within 2 s/],
  ['takes memory without end', 'swell', 'decoding.too-large', /read in 400 MiB of memory, got one that had \d+ MiB/],
  ['aborts', 'abort', 'decoding.crashed', /ended it \(SIGABRT\)/],
  ['crashes', 'segfault', 'decoding.crashed', /ended it \(SIGSEGV\)/],
  ['exits', 'exit', 'decoding.crashed', /ended it \(exit code 0\)/],
])('a file whose decoder %s is one fault that names file, limit and remedy', async (_what, said, code, words) => {
  const fault = (await give(said).catch((thrown: unknown) => thrown)) as Fault;
  expect(fault).toMatchObject({ name: 'DecodingError', code, where: 'its name.txt', message: sentenceOf(fault) });
  expect(fault.message).toMatch(words);
  expect(fault.remedy).toMatch(/save it anew/);
  // The next is read as if nothing had been.
  expect(saidBy(await give('hello'))).toMatch(/^hello in \d+$/);
});

test('files are read in another process, which is kept for the next', async () => {
  const [first, second] = [saidBy(await give('a')), saidBy(await give('b'))];
  const pid = first.split(' ')[2];
  expect(pid).not.toBe(String(process.pid));
  expect(second).toBe(`b in ${pid}`);
});

test('three that hang hold up each other, not this process, and leave no folder', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('soliloquy-decoding-'));
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 10);
  const ended = await Promise.allSettled([give('hang'), give('hang'), give('hang')]);
  clearInterval(turning);
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(turns).toBeGreaterThan(50);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('soliloquy-decoding-'))).toEqual(before);
});

test('what is thrown there is thrown here: faults part by part, anything else by its first line', async () => {
  await expect(give('throw')).rejects.toThrow(/^not of$/);
  const path = put('voice.wav', 'no sound');
  await expect(decodeGiven(audio, { path, most: 100 })).rejects.toMatchObject({
    code: 'media.audio-format',
    where: 'voice.wav',
  });
  await expect(decodeGiven(audio, { path: join(folder, 'none'), most: 100 })).rejects.toMatchObject({
    name: 'UnreadableFile',
    code: 'ENOENT',
  });
  await expect(decodeGiven(audio, { path, most: 3 })).rejects.toMatchObject({ code: 'EFBIG' });
  await expect(decodeGiven(audio, { path: folder, most: 3 })).rejects.toMatchObject({ code: 'ENOTREG' });
});

test.each<[PortType, string]>([
  [audio as PortType, 'voices/speech.flac'],
  [image as PortType, 'astronaut.jpg'],
  [image as PortType, 'pictures/p3.png'],
])('$id comes as the same bytes as when it is read here', async (type, name) => {
  const path = name === 'astronaut.jpg' ? fileURLToPath(PERSON) : join(MEDIA, name);
  const bytes = readFileSync(path);
  const [there, here] = await Promise.all([
    decodeGiven(type, { path, most: 2 ** 30 }).catch((thrown: Error) => thrown),
    type.fromUser!({ kind: 'file', name: basename(path), bytes })
      .then((value) => type.encode(value))
      .catch((thrown: Error) => thrown),
  ]);
  if (here instanceof Error) expect((there as Error).message).toBe(here.message);
  else
    expect(Object.entries(there).map(([key, value]) => [key, Buffer.compare(value, here[key])])).toEqual(
      Object.keys(here).map((key) => [key, 0]),
    );
});

test('what is small and plain is read here, what is large is not', async () => {
  const words = await decodeGiven(text, { path: put('line.txt', 'Hello.'), most: 100 });
  expect(new TextDecoder().decode(words['text.txt'])).toBe('Hello.');
  expect(new TextDecoder().decode((await decodeText(text, 'Hi.'))['text.txt'])).toBe('Hi.');
  const any = put('any.bin', new Uint8Array(3_000_000));
  expect((await decodeGiven(file, { path: any, most: 2 ** 30 }))['any.bin']).toHaveLength(3_000_000);
  const points = put('points.json', `{"width":1,${' '.repeat(2 ** 19)}"height":1,"points":{}}`);
  await expect(decodeGiven(landmarks, { path: points, most: 2 ** 30 })).rejects.toMatchObject({ code: 'port.value' });
  await expect(decodeGiven(landmarks, { path: points, most: 2 ** 10 })).rejects.toMatchObject({ code: 'EFBIG' });
});

test('a thumbnail is made of a picture; what is none is a fault', async () => {
  const path = join(MEDIA, 'pictures/sdr.png');
  expect([...(await decodeThumbnail(path, 'sdr.png', false, 16)).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  await expect(decodeThumbnail(put('x.png', 'no'), 'x.png', false, 16)).rejects.toMatchObject({
    code: 'media.image-format',
  });
  await expect(decodeThumbnail(put('x.mp4', 'no'), 'x.mp4', true, 16)).rejects.toMatchObject({
    code: 'media.video-format',
  });
  await expect(decodeGiven(video, { path: put('y.mp4', 'no'), most: 10 })).rejects.toMatchObject({
    code: 'media.video-format',
  });
});

test.runIf(process.platform === 'linux')('a child whose parent is killed ends, whatever it computes', async () => {
  const parent = spawn(process.execPath, [
    fileURLToPath(new URL('./fixture/parent.ts', import.meta.url)),
    put('its name.txt', 'hang'),
  ]);
  const child = Number(String(await new Promise((resolve) => parent.stdout.once('data', resolve))));
  // It hangs by now, or is about to: it ends in either case.
  await new Promise((resolve) => setTimeout(resolve, 500));
  parent.kill('SIGKILL');
  await expect.poll(() => readAlive(child), { timeout: 5000 }).toBe(false);
});

function readAlive(pid: number): boolean {
  try {
    // A zombie of a container without an init is gone as well.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
