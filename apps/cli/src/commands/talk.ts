import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OutputError, proveWritable } from '@soliloquy/runner';
import { clusterAccess } from '../cluster-access.ts';
import { readConsent } from '../consents.ts';
import { runDevice } from '../device-option.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openInstallation } from '../open-installation.ts';
import { parseCount, parseOptions, parseSeed, parseTaskDeadline } from '../parse-options.ts';
import { print } from '../print.ts';
import { openAsSet, projectFolderFor, stateFolderFor, writingRooms } from '../project.ts';
import { runDocument } from '../run-document.ts';
import { shortPath } from '../show.ts';
import { UsageError } from '../usage-error.ts';
import { INSTALLATION } from '../versions.ts';

/** The output of the graph that goes to `-o`, and nowhere else. */
const FILM = 'film.mp4';

/** What is said of each graph once its film is there. */
const ENDINGS = {
  'talk.json': (kept: string): string =>
    `kept: ${kept}, with the avatar of this picture: another voice only samples and renders`,
  'talk-quick.json': (): string =>
    'quick: moved by a model that learned from painted figures, nothing was learned of this one; without --quick an ' +
    'avatar is trained',
} as const;

/**
 * `soliloquy talk --image P --audio W`: the graph `talk.json`, with `--quick` `talk-quick.json`, with these inputs; its
 * film goes to `-o`.
 */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('talk', args, [0, 0]);
  const image = options.text('image');
  const audio = options.text('audio');
  if (image === undefined || audio === undefined)
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy talk',
      expected: '--image and --audio',
      got: image === undefined && audio === undefined ? 'neither' : `no --${image === undefined ? 'image' : 'audio'}`,
      remedy: 'see soliloquy help talk',
    });
  const film = resolve(options.text('output') ?? FILM);
  const landmarks = options.text('landmarks');
  const consent = options.text('consent');
  const inputs = new Map([
    ['picture', image],
    ['voice', audio],
    ...(landmarks === undefined ? [] : [['landmarks', landmarks] as const]),
  ]);
  for (const [name, path] of inputs)
    await proveReadable(name === 'picture' ? 'image' : name === 'voice' ? 'audio' : name, path);
  await proveFile(film);
  const graph = options.flag('quick') ? 'talk-quick.json' : 'talk.json';
  const path = join(INSTALLATION, 'graphs', graph);
  // The graph is the installation's; what may be put into it is of where the person works.
  const { registry, registryModule } = await openInstallation(projectFolderFor('graph.json'), options);
  const { document, settings } = await openAsSet(path, registry, options);
  const outFolder = resolve(options.text('out') ?? join('out', document.name));
  const stateFolder = stateFolderFor(path, options.text('store'));
  const cluster = clusterAccess(options);
  const summary = await runDocument({
    document,
    registry,
    registryModule,
    settings,
    device: await runDevice(options, document, registry, cluster),
    seed: parseSeed(options.text('seed')),
    threads: parseCount('threads', options.text('threads')),
    taskDeadlineMs: parseTaskDeadline(options),
    inputs,
    graphFolder: dirname(path),
    projectFolder: INSTALLATION,
    stateFolder,
    rooms: writingRooms('graph.json'),
    outFolder,
    places: new Map([[FILM, film]]),
    resume: options.flag('resume'),
    keepGoing: false,
    json: options.flag('json'),
    junit: options.text('junit'),
    consent: consent === undefined ? undefined : await readConsent(consent),
    cluster,
  });
  if (summary.outputs.some(({ name }) => name === FILM) && !options.flag('json'))
    print(`  ${ENDINGS[graph](shortPath(stateFolder))}\n  film: ${shortPath(film)}\n`);
  return exitCodeOf(summary.status);
}

async function proveReadable(option: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory()) throw Object.assign(new Error(), { code: 'a folder' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      {
        code: 'usage.call',
        where: `--${option}`,
        expected: 'a file that can be read',
        got: `${code === 'ENOENT' ? 'none' : code} at ${path}`,
        remedy: 'check the path',
      },
      { cause },
    );
  }
}

/** @throws OutputError when the film could not be written there: known before the minutes that it takes */
async function proveFile(film: string): Promise<void> {
  const there = await stat(film).catch(() => undefined);
  if (there?.isDirectory())
    throw new OutputError({
      code: 'run.unwritable',
      where: '-o',
      expected: 'a file',
      got: `the folder ${film}`,
      remedy: 'name a file in it',
    });
  await proveWritable(dirname(film), '-o', writingRooms('graph.json', '-o'));
}
