import { dirname, join, resolve } from 'node:path';
import { keepInside, writeWhole } from '@soliloquy/runner';
import { clusterAccess } from '../cluster-access.ts';
import { readConsent } from '../consents.ts';
import { runDevice } from '../device-option.ts';
import { exitCodeOf } from '../exit-code.ts';
import { junitOfError } from '../junit.ts';
import { openInstallation } from '../open-installation.ts';
import { parseAssignments, parseCount, parseOptions, parseSeed, parseTaskDeadline } from '../parse-options.ts';
import { openAsSet, projectFolderFor, stateFolderFor, writingRooms } from '../project.ts';
import { runDocument } from '../run-document.ts';

/** `soliloquy run GRAPH` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('run', args, [1, 1]);
  const [path] = options.positionals;
  const junit = options.text('junit');
  const consent = options.text('consent');
  try {
    const cluster = clusterAccess(options);
    const { registry, registryModule } = await openInstallation(projectFolderFor(path), options);
    const { document, settings } = await openAsSet(path, registry, options);
    const summary = await runDocument({
      document,
      registry,
      registryModule,
      settings,
      device: await runDevice(options, document, registry, cluster),
      seed: parseSeed(options.text('seed')),
      threads: parseCount('threads', options.text('threads')),
      taskDeadlineMs: parseTaskDeadline(options),
      inputs: parseAssignments('input', options.texts('input')),
      graphFolder: dirname(resolve(path)),
      projectFolder: projectFolderFor(path),
      stateFolder: stateFolderFor(path, options.text('store')),
      rooms: writingRooms(path),
      outFolder: resolve(options.text('out') ?? join('out', document.name)),
      resume: options.flag('resume'),
      keepGoing: options.flag('keep-going'),
      json: options.flag('json'),
      junit,
      consent: consent === undefined ? undefined : await readConsent(consent),
      cluster,
    });
    return exitCodeOf(summary.status);
  } catch (error) {
    if (junit !== undefined) {
      await keepInside(junit, writingRooms(path, '--junit'));
      await writeWhole(junit, junitOfError(path, error));
    }
    throw error;
  }
}
