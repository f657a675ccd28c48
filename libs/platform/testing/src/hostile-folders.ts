import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a stranger would like to get hold of; it stands in `secret.txt` of the person's own folder. */
export const SECRET = 'the-secret-of-the-person';

/** A project folder from a stranger. */
export interface HostileFolder {
  /** What is in it. */
  readonly name: string;
  /** What the stranger wants from it. */
  readonly wants: string;
  /** The graph that a person would run. */
  readonly graph: string;
  /**
   * Fills the folder.
   *
   * @param home of the person, somewhere else, with `secret.txt` and `keep.txt`
   */
  fill(folder: string, home: string): void;
}

const put = (path: string, content: string | Uint8Array | object): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content));
};
const link = (target: string, path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
};

/** Counts letters and adds them up, with the stages that the runner's tests have. */
const COUNTING = {
  format: 1,
  name: 'one',
  inputs: { line: { type: 'text', default: 'hello' } },
  nodes: { it: { stage: 'count@1' }, all: { stage: 'total@1' } },
  edges: ['line -> it.text', 'it.value -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
};
const withLine = (value: string): object => ({ ...COUNTING, inputs: { line: { type: 'text', default: value } } });
/** Reads a picture, a voice or a film of the project with the installed stages. */
const reading = (type: 'file', path: string): object => ({
  format: 1,
  name: 'one',
  inputs: { given: { type, default: path } },
  nodes: { picture: { stage: 'text-to-image@1', backbone: 'picture' } },
  edges: ['given -> picture.file'],
  outputs: { 'picture.png': 'picture.image' },
});
const speaking = (path: string): object => ({
  format: 1,
  name: 'one',
  inputs: { given: { type: 'file', default: path } },
  nodes: { voice: { stage: 'text-to-speech@1', backbone: 'recording' } },
  edges: ['given -> voice.file'],
  outputs: { 'voice.wav': 'voice.audio' },
});
/** Code that leaves a mark where it ran. */
const marking = (home: string): string =>
  `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(home, 'ran'))}, 'ran');\n`;

/** A FLAC of metadata alone, which a decoder waits behind for ever. */
function endlessFlac(): Uint8Array {
  const bytes = new Uint8Array(42);
  bytes.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, 0x10, 0, 0x10, 0]);
  bytes.set([0x0a, 0xc4, 0x40, 0xf0], 18);
  return bytes;
}

/** A PNG whose header says 60,000 x 60,000 pixels. */
function hugePng(): Uint8Array {
  const bytes = Buffer.alloc(57);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  bytes.write('IHDR', 12);
  bytes.writeUInt32BE(60_000, 16);
  bytes.writeUInt32BE(60_000, 20);
  bytes.set([8, 6], 24);
  bytes.write('IEND', 41);
  return bytes;
}

/** Each asks for something that it must not get. */
export const HOSTILE_FOLDERS: readonly HostileFolder[] = [
  ...['out', 'out/one', '.soliloquy', '.soliloquy/store', '.soliloquy/runs', '.soliloquy/scratch'].map(
    (place): HostileFolder => ({
      name: `a link at ${place}`,
      wants: 'files of its own in a folder of the person, or such a folder removed',
      graph: 'one.json',
      fill(folder, home) {
        put(join(folder, 'one.json'), COUNTING);
        if (!place.startsWith('.soliloquy')) mkdirSync(join(folder, '.soliloquy'));
        link(home, join(folder, place));
      },
    }),
  ),
  ...['keep.txt', '.ssh/authorized_keys'].map((victim): HostileFolder => ({
    name: `an output that is a link to ${victim}`,
    wants: "its own bytes in a file of the person's",
    graph: 'one.json',
    fill(folder, home) {
      put(join(folder, 'one.json'), COUNTING);
      link(join(home, victim), join(folder, 'out/one/sum.txt'));
    },
  })),
  {
    name: 'a run.json that says what earlier runs wrote',
    wants: 'a file of the person removed as an output that is not made any more',
    graph: 'one.json',
    fill(folder, home) {
      put(join(folder, 'one.json'), COUNTING);
      const outputs = { '../../../keep.txt': {}, [join(home, 'keep.txt')]: {} };
      put(join(folder, 'out/one/run.json'), {
        format: 1,
        name: 'one',
        outputs,
        files: outputs,
        formerOutputs: outputs,
      });
    },
  },
  ...(
    [
      ['an absolute path', (home) => `@${join(home, 'secret.txt')}`],
      ['a path upwards', () => '@../home/secret.txt'],
      ['a link', () => '@link.txt'],
      ['a hidden file', () => '@.secret.txt'],
      ['the environment of the process', () => '@/proc/self/environ'],
      ['a device without an end', () => '@/dev/zero'],
      ['a pipe that nobody writes', () => '@pipe'],
      ['an address', () => '@http://127.0.0.1:1/secret.txt'],
    ] as readonly (readonly [string, (home: string) => string])[]
  ).map(([what, path]): HostileFolder => ({
    name: `an input that names ${what}`,
    wants: 'the words of a file of the person in what is sent back, or a command that never ends',
    graph: 'one.json',
    fill(folder, home) {
      put(join(folder, 'one.json'), withLine(path(home)));
      put(join(folder, '.secret.txt'), SECRET);
      link(join(home, 'secret.txt'), join(folder, 'link.txt'));
      execFileSync('mkfifo', [join(folder, 'pipe')]);
    },
  })),
  {
    name: 'a configuration and modules that nobody trusted',
    wants: 'its own code run',
    graph: 'one.json',
    fill(folder, home) {
      put(join(folder, 'one.json'), COUNTING);
      put(join(folder, 'soliloquy.config.ts'), `${marking(home)}export default { modules: ['./mine.ts'] };\n`);
      put(join(folder, 'mine.ts'), `${marking(home)}export const stages = [];\n`);
      put(join(folder, 'package.json'), { type: 'module', scripts: { preinstall: 'touch ran', start: 'touch ran' } });
      for (const name of ['zod', '@soliloquy/runner', '@soliloquy/stage']) {
        put(join(folder, 'node_modules', name, 'package.json'), { name, type: 'module', main: 'index.js' });
        put(join(folder, 'node_modules', name, 'index.js'), marking(home));
      }
      put(join(folder, '.env'), `NODE_OPTIONS=--import=${join(folder, 'mine.ts')}\nSOLILOQUY_TRUST=1\n`);
    },
  },
  {
    name: 'a configuration with commands as backbones',
    wants: 'a program started',
    graph: 'one.json',
    fill(folder, home) {
      const nodes = { ...COUNTING.nodes, it: { stage: 'count@1', backbone: 'mine' } };
      put(join(folder, 'one.json'), { ...COUNTING, nodes });
      const mine = { version: 1, title: 'Mine', command: ['/bin/sh', '-c', `touch ${join(home, 'ran')}`] };
      const config = { backbones: { 'count/mine': mine } };
      put(join(folder, 'soliloquy.config.mjs'), `export default ${JSON.stringify(config)};\n`);
      put(join(folder, 'worker.json'), config);
    },
  },
  {
    name: 'a store with results of its own',
    wants: 'bytes of its own taken for what the person made, or a file outside read as a content',
    graph: 'one.json',
    fill(folder, home) {
      put(join(folder, 'one.json'), COUNTING);
      const digest = 'ab'.repeat(32);
      link(join(home, 'secret.txt'), join(folder, '.soliloquy/store/blobs/ab', digest));
      const files = [{ name: '../../../keep.txt', digest, bytes: SECRET.length }];
      put(join(folder, `.soliloquy/store/artifacts/ab/${digest}.json`), { type: 'page', files });
      put(join(folder, `.soliloquy/store/results/ab/${digest}.json`), { sha256: digest, result: { outputs: {} } });
      put(join(folder, '.soliloquy/runs/20260101-000000-0001/journal.jsonl'), '{"type":"run-started"}\n{"type":1}\n');
      put(join(folder, '.soliloquy/history/one.json'), '{"__proto__":{"polluted":true}}');
    },
  },
  {
    name: 'names of Object.prototype and paths as nodes and outputs',
    wants: 'a crash, or an output written elsewhere',
    graph: 'one.json',
    fill(folder) {
      put(
        join(folder, 'one.json'),
        '{"format":1,"name":"../../one",' +
          '"nodes":{"constructor":{"stage":"count@1"},"__proto__":{"stage":"toString@1"}},' +
          '"edges":["__proto__.constructor -> constructor.text"],"outputs":{"../../keep.txt":"constructor.value"}}',
      );
    },
  },
  {
    name: 'control characters in every text',
    wants: 'to write into the terminal what the person takes for the command',
    graph: 'one.json',
    fill(folder) {
      const obeyed = '\u001b]0;mine\u0007\u009b2J\u202e';
      put(join(folder, 'one.json'), { ...COUNTING, description: obeyed, [`key${obeyed}`]: 1 });
    },
  },
  {
    name: 'a graph of very long names',
    wants: 'the memory and the hours of the machine',
    graph: 'one.json',
    fill(folder) {
      const long = (letter: string): string => letter.repeat(80_000);
      const nodes = { [long('a')]: { stage: long('b') }, [long('c')]: { stage: 'count@1', backbone: long('d') } };
      put(join(folder, 'one.json'), { ...COUNTING, nodes, edges: [`${long('a')}.${long('x')} -> ${long('c')}.text`] });
    },
  },
  {
    name: 'a picture that says it is 60,000 pixels wide',
    wants: 'the memory of the machine',
    graph: 'one.json',
    fill(folder) {
      put(join(folder, 'huge.png'), hugePng());
      put(join(folder, 'one.json'), reading('file', 'huge.png'));
    },
  },
  {
    name: 'a drawing with addresses and files in it',
    wants: 'a connection to its own server, or a file of the person in a picture',
    graph: 'one.json',
    fill(folder, home) {
      put(
        join(folder, 'drawing.png'),
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file://' +
          `${join(home, 'secret.txt')}">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">` +
          `<image href="file://${join(home, 'secret.txt')}"/>` +
          '<image href="http://127.0.0.1:9/x.png"/><text>&x;</text></svg>',
      );
      put(join(folder, 'one.json'), reading('file', 'drawing.png'));
    },
  },
  {
    name: 'a sound without an end',
    wants: 'a command that never ends',
    graph: 'one.json',
    fill(folder) {
      put(join(folder, 'voice.flac'), endlessFlac());
      put(join(folder, 'one.json'), speaking('voice.flac'));
    },
  },
  {
    name: 'a list of addresses instead of a sound',
    wants: 'a connection to its own server, or a file of the person in a sound',
    graph: 'one.json',
    fill(folder, home) {
      const list = `#EXTM3U\n#EXTINF:1\nhttp://127.0.0.1:9/x.ts\nfile://${join(home, 'secret.txt')}\n`;
      put(join(folder, 'voice.mp3'), `ffconcat version 1.0\nfile '${join(home, 'secret.txt')}'\n${list}`);
      put(join(folder, 'one.json'), speaking('voice.mp3'));
    },
  },
];
