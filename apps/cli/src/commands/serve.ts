import { join, relative, resolve, sep } from 'node:path';
import { availableCores } from '@soliloquy/device';
import { openGateway } from '@soliloquy/gateway';
import { BUILT_PLAYER } from '@soliloquy/player/built';
import { buildStale } from '../build-stale.ts';
import { settleConsent } from '../consents.ts';
import { machineDevice } from '../device-option.ts';
import { EXIT } from '../exit-code.ts';
import { openInstallation } from '../open-installation.ts';
import { parseCount, parseOptions, parseTaskDeadline } from '../parse-options.ts';
import { openGraph, projectFolderFor, stateFolderFor } from '../project.ts';
import { noteOf } from '../refused-config.ts';
import { sealHere } from '../sealing.ts';
import { parsePort, serveUntilTold } from '../serving.ts';
import { userStateFolder } from '../user-folder.ts';
import { readUserSettings } from '../user-settings.ts';
import { INSTALLATION, installedVersions, versionOfSoliloquy } from '../versions.ts';

/** `soliloquy serve [GRAPH]`: the notebook on this machine alone, until Ctrl-C. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('serve', args, [0, 1]);
  const [path] = options.positionals;
  const port = parsePort(options.text('port'));
  const project = projectFolderFor(path ?? join('.', 'graph.json'));
  const [{ registry, registryModule, untrusted }, device] = await Promise.all([
    openInstallation(project, options),
    machineDevice(options),
  ]);
  if (path !== undefined) await openGraph(path, registry);
  await buildStale(['kernels', 'page', 'player']);
  const gateway = await openGateway({
    project,
    graph: path === undefined ? undefined : relative(project, resolve(path)).split(sep).join('/'),
    stateFolder: stateFolderFor(path ?? join('.', 'graph.json'), options.text('store')),
    sessionsFolder: join(userStateFolder(), 'sessions'),
    registry,
    registryModule,
    pageFolder: join(INSTALLATION, 'apps', 'notebook', 'build'),
    playerFolder: BUILT_PLAYER,
    port,
    threads: parseCount('threads', options.text('threads')) || availableCores(),
    gpus: readUserSettings().gpus,
    taskDeadlineMs: parseTaskDeadline(options),
    device,
    version: versionOfSoliloquy(),
    versions: installedVersions(),
    // A page asks nobody: what was said at a terminal counts.
    seal: sealHere((digests) => settleConsent(digests, undefined, undefined)),
    notes: untrusted === undefined ? [] : [noteOf(untrusted.configPath)],
  });
  await serveUntilTold({
    title: `notebook of ${project}`,
    link: () => gateway.link(),
    opensBrowser: !options.flag('no-open'),
  });
  await gateway.close();
  return EXIT.done;
}
