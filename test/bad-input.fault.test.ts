import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BIN,
  executedNodes,
  filesBelow,
  freshFolder,
  keptFolder,
  program,
  ROOT,
  runJson,
  soliloquy,
  type Ended,
} from './fixture/command.ts';
import { animation, pattern, pngOfSize, portrait } from './fixture/pictures.ts';
import { wav } from './fixture/voices.ts';

/** A run of the tiny size that is not refused would take longer. */
const PATIENCE_MS = 60_000;

/** One message in the house form on standard error, the exit code, and no stack trace. */
function expectRefusal({ code, stderr }: Ended, expected: { code: number; says: RegExp }): void {
  expect(stderr).toMatch(expected.says);
  expect(stderr).toMatch(/^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(code).toBe(expected.code);
}

describe('a graph', () => {
  const text = readFileSync(join(ROOT, 'graphs/quickstart.json'), 'utf8');
  type Graph = { nodes: Record<string, object>; edges: string[] };
  const node = (name: string, change: object): string => {
    const graph = JSON.parse(text) as Graph;
    return JSON.stringify({ ...graph, nodes: { ...graph.nodes, [name]: { ...graph.nodes[name], ...change } } });
  };
  const edge = (from: string, to?: string): string => {
    const graph = JSON.parse(text) as Graph;
    expect(graph.edges).toContain(from);
    return JSON.stringify({ ...graph, edges: graph.edges.flatMap((each) => (each === from ? (to ?? []) : each)) });
  };

  test.each<[string, () => string, RegExp]>([
    ['is not JSON', () => text.slice(0, 200), /^bad\.json:\d+:\d+: /],
    [
      'has a cycle',
      () => edge('fit.deformation -> alignment.deformation', 'motion.deformation -> alignment.deformation'),
      /: expected edges without a loop, got .*alignment -> /,
    ],
    [
      'names an unknown stage',
      () => node('film', { stage: 'splat-rendrer@1' }),
      /^film\.stage: .*"splat-rendrer@1"; did you mean "splat-renderer@1"\?/,
    ],
    [
      'is of a newer stage',
      () => node('film', { stage: 'splat-renderer@99' }),
      /^film\.stage: expected splat-renderer@\d+ or older, got splat-renderer@99; /,
    ],
    [
      'names an unknown backbone',
      () => node('film', { backbone: 'rasterizer' }),
      /^film\.backbone: .*"rasterizer"; did you mean "rasteriser"\?/,
    ],
    [
      'names an unknown port',
      () => edge('voice.audio -> film.audio', 'voice.audio -> film.audoi'),
      /^film\.audoi: .*did you mean "audio"\?/,
    ],
    [
      'names an unknown param',
      () => node('film', { params: { aera: 1 } }),
      /^film\.params\.aera: .*did you mean "area"\?/,
    ],
    [
      'joins unlike types',
      () => edge('reference.background -> film.background', 'voice.audio -> film.background'),
      /^film\.background: expected image, got audio from voice\.audio/,
    ],
    [
      'lacks an input',
      () => edge('motion.deformation -> film.deformation'),
      /^film\.deformation: expected a connection of type deformation, required, got none; add an edge/,
    ],
  ])('that %s is refused with exit code 2 and nothing is made', async (_what, graph, says) => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'bad.json'), graph());
    const ended = await soliloquy(folder, ['run', 'bad.json', '--size', 'tiny', '--store', 'store']);
    expectRefusal(ended, { code: 2, says });
    expect(ended.stdout).toBe('');
    expect(readdirSync(folder)).toEqual(['bad.json']);
  });
});

describe('talk', () => {
  // One store for all, as on a person's disk: after every refusal it must be as good as before.
  let folder: string;
  beforeAll(async () => {
    folder = keptFolder();
    writeFileSync(join(folder, 'me.jpg'), await (await portrait()).jpeg().toBuffer());
    writeFileSync(join(folder, 'me.wav'), wav({ seconds: 1, sampleRate: 16_000, channels: 1, sound: 'hum' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Nothing that takes minutes at the size that people use. */
  const QUICK = ['picture', 'reference', 'lines', 'speech', 'voice'];

  async function expectTalkRefused(given: { image: string; audio: string }, says: RegExp): Promise<void> {
    const ended = await soliloquy(folder, [
      'talk',
      '--image',
      given.image,
      '--audio',
      given.audio,
      '--size',
      'tiny',
      '--store',
      'store',
      '-o',
      'film.mp4',
    ]);
    expectRefusal(ended, { code: 1, says });
    const record = runJson(folder, 'talk');
    expect(record.status).toBe('failed');
    for (const name of executedNodes(record)) expect(QUICK).toContain(name);
    expect(readdirSync(join(folder, 'out/talk'))).toEqual(['run.json']);
    expect(existsSync(join(folder, 'film.mp4'))).toBe(false);
    expect(
      filesBelow(folder).filter((path) => /\.tmp$|^store\/store\/temporary\/|^store\/scratch\//.test(path)),
    ).toEqual([]);
  }

  test.each<[string, string, () => Promise<Buffer> | Buffer, RegExp]>([
    [
      'truncated',
      'cut.jpg',
      () => readFileSync(join(folder, 'me.jpg')).subarray(0, 9000),
      /^cut\.jpg: expected a whole JPEG, got a truncated or damaged one/,
    ],
    [
      'an animated WebP',
      'moving.webp',
      () =>
        animation()
          .webp({ loop: 0, delay: [100, 100, 100] })
          .toBuffer(),
      /^moving\.webp: expected one still picture, got an animated WEBP; /,
    ],
    [
      'an animated GIF',
      'moving.gif',
      () => animation().gif().toBuffer(),
      /^moving\.gif: expected a PNG, JPEG or WebP picture, got GIF; /,
    ],
    [
      'of 1x1',
      'dot.png',
      () => pattern(1, 1).png().toBuffer(),
      /^dot\.png\.size: expected sides of at least 256 pixels, got 1x1; /,
    ],
    [
      'of 100 megapixels by its header',
      'vast.png',
      () => pngOfSize(10_000, 10_000),
      /^vast\.png\.size: expected at most 50 megapixels, got 10000x10000 \(100 megapixels\); scale it down/,
    ],
    [
      'without a person',
      'nobody.png',
      () => pattern(400, 300).png().toBuffer(),
      /^reference\.image: expected a picture of one person, got nobody; give another picture, or --landmarks /,
    ],
    ['empty', 'empty.png', () => Buffer.alloc(0), /empty\.png: expected .*, got an empty file; /],
  ])(
    'refuses a picture that is %s before anything is trained',
    async (_what, name, bytes, says) => {
      writeFileSync(join(folder, name), await bytes());
      await expectTalkRefused({ image: name, audio: 'me.wav' }, says);
    },
    PATIENCE_MS,
  );

  test.each<[string, string, () => Buffer, RegExp]>([
    ['an empty file', 'empty.wav', () => Buffer.alloc(0), /empty\.wav: expected .*, got an empty file; /],
    [
      'without a sample',
      'none.wav',
      () => wav({ seconds: 0, sampleRate: 16_000, channels: 1, sound: 'silence' }),
      /^none\.wav: expected a voice of 0\.3 to 300 s, got no sound at all; /,
    ],
    [
      'silent',
      'silent.wav',
      () => wav({ seconds: 2, sampleRate: 44_100, channels: 2, sound: 'silence' }),
      /^silent\.wav: expected a voice, got silence \(digital zero\); /,
    ],
    [
      'truncated',
      'cut.wav',
      () => readFileSync(join(folder, 'me.wav')).subarray(0, 9000),
      /^cut\.wav\.data: expected 32000 bytes \(1\.00 s\), got 8956 .* bytes missing; /,
    ],
    [
      'ten minutes long',
      'long.wav',
      () => wav({ seconds: 600, sampleRate: 8000, channels: 1, sound: 'hum' }),
      /^long\.wav\.duration: expected .*300 s, got 600\.0 s; cut it/,
    ],
  ])(
    'refuses a voice that is %s before anything is trained',
    async (_what, name, bytes, says) => {
      writeFileSync(join(folder, name), bytes());
      await expectTalkRefused({ image: 'me.jpg', audio: name }, says);
    },
    PATIENCE_MS,
  );

  test.each<[string, string[], RegExp]>([
    [
      'the film',
      ['-o', 'me.jpg/film.mp4'],
      /^-o: expected a folder that can be written, got \w+ at .*me\.jpg; choose another with -o/,
    ],
    [
      'the film in a new folder',
      ['-o', '/proc/here/film.mp4'],
      /^-o: expected a folder that can be written, got ENOENT at \/proc\/here; /,
    ],
    [
      'the other outputs',
      ['--out', 'me.jpg/out'],
      /^--out: expected a folder that can be written, got \w+ at .*me\.jpg\/out; /,
    ],
    [
      'the store',
      ['--store', 'me.jpg/store'],
      /me\.jpg\/store\/store: expected a folder that can be written for the store, got \w+; /,
    ],
  ])('refuses a place for %s that cannot be written, with exit code 2', async (_what, options, says) => {
    const before = filesBelow(folder);
    const ended = await soliloquy(folder, [
      'talk',
      '--image',
      'me.jpg',
      '--audio',
      'me.wav',
      '--size',
      'tiny',
      '--store',
      'store',
      ...options,
    ]);
    expectRefusal(ended, { code: 2, says });
    expect(ended.stdout).toBe('');
    expect(filesBelow(folder)).toEqual(before);
  });
});

describe('a store', () => {
  test(
    'on a disk that fills up while a result is stored says so, exits 1, and leaves nothing half-written',
    async (context) => {
      const folder = freshFolder();
      // A painted picture: 150 kB, and a disk of 120.
      writeFileSync(
        join(folder, 'paint.json'),
        JSON.stringify({
          format: 1,
          name: 'paint',
          nodes: {
            subject: { stage: 'attribute-sampler@1', params: { count: 1 } },
            picture: { stage: 'text-to-image@1', backbone: 'figure', params: { width: 256, height: 384 } },
          },
          edges: ['subject.attributes -> picture.attributes'],
          outputs: { 'picture.png': 'picture.image' },
        }),
      );
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      // In a mount namespace of its own, which needs no root where a kernel gives user namespaces, and goes with the
      // process.
      const small = (...command: string[]) =>
        program(folder, 'unshare', [
          '--map-root-user',
          '--mount',
          'sh',
          '-c',
          `mount -t tmpfs -o size=120k tmpfs disk && { "$@"; code=$?; find disk -type f > left.txt; exit $code; }`,
          'sh',
          ...command,
        ]).catch(() => undefined);
      if ((await small('true'))?.code !== 0) return context.skip('no right to mount a small file system here');
      const ended = (await small(process.execPath, BIN, 'run', 'paint.json', '--store', 'disk/store')) as Ended;
      expectRefusal(ended, {
        code: 1,
        says: /disk\/store\/.*: expected room for .* bytes\), got a full disk \(ENOSPC\); free some .*store elsewhere/,
      });
      const left = readFileSync(join(folder, 'left.txt'), 'utf8').trim().split('\n');
      expect(left.filter((path) => /\/blobs\//.test(path)).length).toBeGreaterThan(0);
      expect(left.filter((path) => /\/temporary\/|\/scratch\/|\.tmp$/.test(path))).toEqual([]);
      expect(readdirSync(join(folder, 'out/paint'))).toEqual(['run.json']);
      expect(runJson(folder, 'paint')).toMatchObject({ status: 'failed', executed: 1 });
    },
    PATIENCE_MS,
  );

  test(
    'with damaged artifacts has them made again, to the same digests',
    async () => {
      const folder = freshFolder();
      writeFileSync(
        join(folder, 'say.json'),
        JSON.stringify({
          format: 1,
          name: 'say',
          inputs: { line: { type: 'text', default: 'Good morning.' } },
          nodes: { voice: { stage: 'text-to-speech@1', backbone: 'flite' } },
          edges: ['line -> voice.text'],
          outputs: { 'voice.wav': 'voice.audio' },
        }),
      );
      const say = () => soliloquy(folder, ['run', 'say.json', '--store', 'store']);
      expect(await say()).toMatchObject({ code: 0, stderr: '' });
      const first = runJson(folder, 'say');
      const sound = readFileSync(join(folder, 'out/say/voice.wav'));
      for (const path of filesBelow(join(folder, 'store/store/blobs'))) {
        const blob = join(folder, 'store/store/blobs', path);
        const bytes = readFileSync(blob);
        bytes[bytes.length >> 1] ^= 1;
        chmodSync(blob, 0o644);
        writeFileSync(blob, bytes);
      }
      expect(await say()).toMatchObject({ code: 0, stderr: '' });
      expect(runJson(folder, 'say')).toMatchObject({ status: 'done', executed: 1, outputs: first.outputs });
      expect(readFileSync(join(folder, 'out/say/voice.wav')).equals(sound)).toBe(true);
      expect(await say()).toMatchObject({ code: 0 });
      expect(runJson(folder, 'say').executed).toBe(0);
    },
    PATIENCE_MS,
  );
});
