import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { catalogueOf, catalogueRegistry, createRegistry, parseGraph, validateGraph } from '@soliloquy/graph';
import { isRunning } from '@soliloquy/testing';
import { stages } from '../apps/cli/src/stages.ts';
import { BIN, freshFolder, ROOT, runJson, soliloquy } from './fixture/command.ts';
import { HUNYUAN, machineWith, OMNIAVATAR } from './fixture/machine.ts';

interface Loose {
  name: string;
  inputs: Record<string, object>;
  nodes: Record<string, { stage: string; backbone?: string; params?: object }>;
  edges: string[];
  outputs: Record<string, string>;
  expect: unknown[];
  sizes: Record<string, Record<string, unknown>>;
}

function preset(name: string, change: (graph: Loose) => void): Loose {
  const doc = JSON.parse(readFileSync(join(ROOT, `graphs/${name}.json`), 'utf8')) as Loose;
  change(doc);
  return doc;
}

/** What is wrong with a graph, judged here and from a catalogue, as a page judges it. */
function faultsOf(doc: Loose): { code: string; message: string }[] {
  const graph = parseGraph(JSON.stringify(doc), { path: 'test.json' });
  const here = createRegistry(stages);
  const [ours, theirs] = [here, catalogueRegistry(catalogueOf(here))].map((registry) =>
    validateGraph(graph, registry).map(({ code, message }) => ({ code, message })),
  );
  expect(theirs).toEqual(ours);
  return ours;
}

/** Clips by a backbone without the params of the one before. */
function clipsBy(backbone: string): (graph: Loose) => void {
  return (graph) => {
    graph.nodes.clips = { stage: 'video-diffusion@1', backbone, params: { frames: 125 } };
    for (const values of Object.values(graph.sizes)) delete values['clips.expressiveness'];
  };
}

describe('what a licence forbids to train on', () => {
  test('is refused when the graph is read, by node and licence, with the way from one to the other', () => {
    const faults = faultsOf(preset('talk', clipsBy('hunyuan-video-avatar')));
    expect(faults.map(({ code }) => code)).toEqual(['graph.forbidden-use', 'graph.forbidden-use']);
    expect(faults[0].message).toBe(
      'alignment.deformation: expected nothing made with backbone "hunyuan-video-avatar" of clips: its licence ' +
        '(Tencent Hunyuan Community License) forbids to train on it, got clips.video -> fit.video, fit.deformation ' +
        '-> alignment.deformation; take another one there, or leave "alignment" out; evaluation is allowed. The ' +
        'licence: https://github.com/Tencent-Hunyuan/HunyuanVideo-Avatar/blob/main/LICENSE',
    );
    expect(faults[1].message).toMatch(/^training\.deformation: .*fit\.deformation -> training\.deformation;/);
  });

  test('may be fitted and evaluated', () => {
    const doc = preset('talk', (graph) => {
      clipsBy('hunyuan-video-avatar')(graph);
      graph.nodes = Object.fromEntries(
        ['picture', 'reference', 'voice', 'clips', 'avatar', 'fit'].map((name) => [name, graph.nodes[name]]),
      );
      graph.nodes.evaluation = { stage: 'evaluation@1' };
      graph.edges = [
        ...graph.edges.filter((edge) => [...edge.matchAll(/(\w+)\./g)].every(([, node]) => node in graph.nodes)),
        'voice.audio -> clips.audio',
        'clips.video -> evaluation.video',
      ];
      Object.assign(graph, { outputs: {}, expect: [], cells: [] });
      for (const values of Object.values(graph.sizes))
        for (const key of Object.keys(values)) if (!(key.split('.')[0] in graph.nodes)) delete values[key];
    });
    expect(faultsOf(doc)).toEqual([]);
  });

  test('every other system may teach', () => {
    for (const backbone of ['omniavatar', 'echomimic-v2', 'wan2.1-i2v', 'wan2.2-s2v', 'command'])
      expect(faultsOf(preset('talk', clipsBy(backbone)))).toEqual([]);
  });
});

/** A graph of clips alone, whose film goes out. */
function clipsGraph(backbone: string): Loose {
  return preset('talk', (graph) => {
    clipsBy(backbone)(graph);
    graph.name = 'clips';
    graph.nodes = {
      picture: { stage: 'text-to-image@1', backbone: 'figure', params: { width: 256, height: 384 } },
      reference: { stage: 'reference@2', backbone: 'figure' },
      speech: { stage: 'text-to-speech@1', backbone: 'flite', params: { padTo: 1 } },
      clips: { stage: 'video-diffusion@1', backbone, params: { frames: 10, area: 24_576 } },
    };
    graph.inputs = { line: { type: 'text', default: 'Good morning.' }, look: { type: 'text', default: 'a woman' } };
    graph.edges = [
      'look -> picture.prompt',
      'line -> speech.text',
      ...graph.edges.filter((edge) => /^(reference|speech)\.\w+ -> clips\./.test(edge)),
      ...['image', 'landmarks', 'background'].map((port) => `picture.${port} -> reference.${port}`),
    ];
    Object.assign(graph, { outputs: { 'film.mp4': 'clips.video' }, expect: [], cells: [], sizes: { small: {} } });
  });
}

describe('a machine with systems', () => {
  test('lists what is here, what is missing, under which licence, and how to get it', async () => {
    const folder = freshFolder();
    const env = machineWith(folder, { omniavatar: OMNIAVATAR });
    const { stdout, code } = await soliloquy(folder, ['systems', 'list', '--json'], env);
    expect(code).toBe(0);
    const listed = JSON.parse(stdout) as { system: string; folder?: string; remedy?: string; terms: object }[];
    const names = ['omniavatar', 'hunyuan-video-avatar', 'echomimic-v2', 'wan2.1-i2v', 'wan2.2-s2v', 'video-command'];
    names.push('lhm', 'persona', 'four-d-gaussians');
    expect(listed.map(({ system }) => system)).toEqual(expect.arrayContaining(names));
    const ours = listed.find(({ system }) => system === 'omniavatar');
    expect(ours).toMatchObject({ folder: join(folder, 'omniavatar') });
    expect(listed.find(({ system }) => system === 'persona')).toMatchObject({
      what: expect.stringMatching(/^a checkout of PERSONA \(no licence, all rights reserved, 48 GB of GPU memory\)$/),
      backbones: ['video-diffusion/persona'],
      terms: { accept: expect.stringContaining('grants nobody any right') },
      remedy: expect.stringContaining('check out https://github.com/mks0601/PERSONA_RELEASE at 91fa553d73'),
    });
    for (const { folder: at, remedy } of listed.filter((each) => each !== ours)) {
      expect(at).toBeUndefined();
      expect(remedy).toMatch(/name (its folder|that) as checkouts\./);
    }
  });

  test('says of each by doctor what it does, its licence, what it needs and how to get it', async () => {
    const folder = freshFolder();
    const env = machineWith(folder, { omniavatar: OMNIAVATAR });
    const { stdout } = await soliloquy(folder, ['doctor'], env);
    expect(stdout).toMatch(/^ +here +video-diffusion@1 omniavatar +OmniAvatar.*, Apache-2\.0$/m);
    for (const [backbone, licence] of [
      ['video-diffusion@1 hunyuan-video-avatar', 'Tencent Hunyuan Community License'],
      ['video-diffusion@1 echomimic-v2', 'Apache-2.0'],
      ['video-diffusion@1 wan2.1-i2v', 'Apache-2.0'],
      ['video-diffusion@1 wan2.2-s2v', 'Apache-2.0'],
      ['video-diffusion@1 persona', 'no licence, all rights reserved'],
      ['canonical-gaussians@1 lhm', 'code Apache-2.0, weights CC BY-NC 4.0'],
      ['deformation-fit@1 four-d-gaussians', 'Apache-2.0, parts of Gaussian Splatting for non-commercial use'],
    ]) {
      const at = stdout.indexOf(` missing  ${backbone} `);
      expect(at, backbone).toBeGreaterThan(0);
      const [said, remedy] = stdout.slice(at).split('\n');
      expect(said).toMatch(/ {2}[A-Z][^.]*\..* needs a checkout of .* \(.*, \d+ GB of GPU memory\)$/);
      expect(said).toContain(`(${licence}, `);
      expect(remedy).toMatch(
        /-> check out https:\/\/github\.com\/\S+ at [0-9a-f]{10}, follow its README .* as checkouts\./,
      );
    }
  });

  test('asks for a licence once, before anything runs', async () => {
    const folder = freshFolder();
    const env = machineWith(folder, { 'hunyuan-video-avatar': HUNYUAN });
    writeFileSync(join(folder, 'clips.json'), JSON.stringify(clipsGraph('hunyuan-video-avatar')));
    const refused = await soliloquy(folder, ['run', 'clips.json'], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^clips: hunyuan-video-avatar: expected that you accepted its licence, Tencent /);
    expect(refused.stderr).toContain('not for use in the European Union');
    expect(refused.stderr).toContain('then: soliloquy systems accept hunyuan-video-avatar');
    expect((await soliloquy(folder, ['systems', 'accept', 'hunyuan-video-avatar'], env)).code).toBe(0);
    expect(readFileSync(join(folder, 'state/soliloquy/licences.json'), 'utf8')).toContain('hunyuan-video-avatar');
    const ran = await soliloquy(folder, ['run', 'clips.json'], env);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(folder, 'out/clips'))).toContain('film.mp4');
    expect(ran.stdout).toContain(
      'made with hunyuan-video-avatar, under Tencent Hunyuan Community License (not to be trained on): film.mp4\n',
    );
    expect(runJson(folder, 'clips').outputs['film.mp4']).toMatchObject({
      licences: [{ kind: 'backbone', name: 'hunyuan-video-avatar', node: 'clips', forbids: ['training'] }],
    });
    // The film knows what made it, wherever it is carried.
    copyFileSync(join(folder, 'out/clips/film.mp4'), join(folder, 'a-film.mp4'));
    const graph = join(ROOT, 'graphs/footage.json');
    const given = ['--input', 'recorded=a-film.mp4', '--input', 'voice=a-film.mp4'];
    const learned = await soliloquy(folder, ['run', graph, '--size', 'tiny', ...given], env);
    expect(learned.code).toBe(2);
    expect(learned.stderr).toMatch(/^--input recorded: alignment\.\w+: expected nothing made with backbone "hunyuan-/);
    expect(learned.stderr).toMatch(/, of which the given file was made by "clips": its licence .* forbids to train on/);
    expect(learned.stderr).toContain('got recorded -> footage.file, ');
  }, 240_000);

  test('refuses a run without its checkout before anything runs, unless nothing has to', async () => {
    const folder = join(freshFolder(), 'a folder with spaces');
    mkdirSync(folder);
    const env = machineWith(folder, { omniavatar: OMNIAVATAR });
    writeFileSync(join(folder, 'clips.json'), JSON.stringify(clipsGraph('omniavatar')));
    const [script, aside] = [join(folder, 'omniavatar/scripts/inference.py'), join(folder, 'aside.py')];
    renameSync(script, aside);
    const refused = await soliloquy(folder, ['run', 'clips.json'], env);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^clips: omniavatar: expected scripts\/inference\.py, /);
    expect(refused.stderr).toContain(`got ${join(folder, 'omniavatar')} without scripts/inference.py; bring what`);
    expect(existsSync(join(folder, 'out'))).toBe(false);
    renameSync(aside, script);
    expect(await soliloquy(folder, ['run', 'clips.json'], env)).toMatchObject({ code: 0, stderr: '' });
    rmSync(join(folder, 'omniavatar'), { recursive: true });
    const again = await soliloquy(folder, ['run', 'clips.json'], env);
    expect(again).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('0 executed, 4 cached') });
    const anew = await soliloquy(folder, ['run', 'clips.json', '--input', 'line=Good evening.'], env);
    expect(anew.code).toBe(2);
    expect(anew.stderr).toMatch(/^clips: omniavatar: expected a checkout of OmniAvatar .*, got no folder at /);
  }, 120_000);

  test('refuses a run that no card is large enough for before anything runs', async () => {
    const folder = freshFolder();
    const env = machineWith(folder, { omniavatar: OMNIAVATAR }, [{ index: 0, memoryMiB: 4096 }]);
    writeFileSync(join(folder, 'clips.json'), JSON.stringify(clipsGraph('omniavatar')));
    const refused = await soliloquy(folder, ['run', 'clips.json'], env);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^clips: this machine: expected a card with \d+ MiB, got card 0 with 4096 MiB;/);
  });

  test('with two cards runs two of its films at once, each on its own', async () => {
    const folder = freshFolder();
    const cards = [1, 3].map((index) => ({ index, memoryMiB: 81_559 }));
    const env = machineWith(folder, { omniavatar: OMNIAVATAR }, cards);
    const graph = clipsGraph('omniavatar');
    graph.nodes.others = { ...graph.nodes.clips, params: { frames: 8, area: 24_576 } };
    graph.edges.push(
      ...graph.edges.flatMap((edge) => (edge.includes('> clips.') ? [edge.replace('clips', 'others')] : [])),
    );
    writeFileSync(join(folder, 'clips.json'), JSON.stringify(graph));
    const ran = await soliloquy(folder, ['run', 'clips.json', '--threads', '2'], env);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const calls = readFileSync(join(folder, 'omniavatar/calls.jsonl'), 'utf8').trim().split('\n');
    expect(calls.map((call) => (JSON.parse(call) as { gpu: string }).gpu).toSorted()).toEqual(['1', '3']);
  }, 120_000);

  test.skipIf(process.platform !== 'linux').each([['SIGINT'], ['SIGKILL']] as const)(
    'leaves no process of a system when the run is ended by %s',
    async (signal) => {
      const { folder, runner, ended, running } = await silentRun();
      runner.kill(signal);
      await ended;
      await proveGone(running);
      expect(processesOf(folder)).toEqual([]);
    },
    120_000,
  );

  test.skipIf(process.platform !== 'linux')(
    'leaves no process of a system when its worker is killed, and tries again',
    async () => {
      const { folder, runner, ended, running } = await silentRun();
      const parents = running.map(parentOf).filter((pid) => !running.includes(pid));
      expect(new Set(parents).size).toBe(1);
      process.kill(parents[0], 'SIGKILL');
      await proveGone(running);
      const again = await processesSoon(folder);
      runner.kill('SIGINT');
      await ended;
      await proveGone(again);
      expect(processesOf(folder)).toEqual([]);
    },
    120_000,
  );
});

/** A run whose system says nothing, once that runs. */
async function silentRun() {
  const folder = freshFolder();
  const env = machineWith(folder, { omniavatar: OMNIAVATAR });
  writeFileSync(join(folder, 'clips.json'), JSON.stringify(clipsGraph('omniavatar')));
  const runner = spawn(process.execPath, [BIN, 'run', 'clips.json'], {
    cwd: folder,
    env: { ...process.env, ...env, FAKE_MODE: 'silent' },
    stdio: 'ignore',
  });
  const ended = once(runner, 'exit');
  return { folder, runner, ended, running: await processesSoon(folder) };
}

async function processesSoon(folder: string): Promise<number[]> {
  for (let tries = 0; tries < 600 && processesOf(folder).length < 1; tries++) await setTimeout(100);
  const running = processesOf(folder);
  expect(running.length).toBeGreaterThan(0);
  return running;
}

async function proveGone(pids: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 100 && pids.some(isRunning); tries++) await setTimeout(50);
  expect(pids.filter(isRunning)).toEqual([]);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Processes of tasks whose scratch folders are in a folder. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return variables.some((each) => each.startsWith(`SOLILOQUY_TASK=${folder}`));
      } catch {
        return false;
      }
    })
    .map(Number);
}
