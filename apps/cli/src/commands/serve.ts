import { spawn } from 'node:child_process';
import { join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { availableCores, findCommand } from '@soliloquy/device';
import { openGateway } from '@soliloquy/gateway';
import { buildStale, BUILT_PARTS } from '../build-stale.ts';
import { machineDevice } from '../device-option.ts';
import { EXIT } from '../exit-code.ts';
import { openInstallation } from '../open-installation.ts';
import { parseCount, parseOptions, parseTaskDeadline } from '../parse-options.ts';
import { print } from '../print.ts';
import { openGraph, projectFolderFor, stateFolderFor } from '../project.ts';
import { noteOf } from '../refused-config.ts';
import { STOP_SIGNALS, whenHandingOverEnds } from '../stop-signals.ts';
import { UsageError } from '../usage-error.ts';
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
  await buildStale(BUILT_PARTS);
  const gateway = await openGateway({
    project,
    graph: path === undefined ? undefined : relative(project, resolve(path)).split(sep).join('/'),
    stateFolder: stateFolderFor(path ?? join('.', 'graph.json'), options.text('store')),
    sessionsFolder: join(userStateFolder(), 'sessions'),
    registry,
    registryModule,
    pageFolder: join(INSTALLATION, 'apps', 'notebook', 'build'),
    port,
    threads: parseCount('threads', options.text('threads')) || availableCores(),
    gpus: readUserSettings().gpus,
    taskDeadlineMs: parseTaskDeadline(options),
    device,
    version: versionOfSoliloquy(),
    versions: installedVersions(),
    notes: untrusted === undefined ? [] : [noteOf(untrusted.configPath)],
  });
  // Who reads the link may end the command at once, so the signals are heard before it is printed.
  const toldToEnd = told();
  const link = gateway.link();
  print(
    `notebook of ${project}\n  ${link}\nThe link works ` +
      `once${process.stdin.isTTY ? '; press Enter for another, Ctrl-C to end' : ''}.\n`,
  );
  if (!options.flag('no-open') && process.stdout.isTTY) openBrowser(link);
  const keyboard = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  keyboard?.on('line', () => print(`  ${gateway.link()}\n`));
  await toldToEnd;
  keyboard?.close();
  await gateway.close();
  return EXIT.done;
}

/** Until someone says that it is enough: a signal, or the end of the process that handed over to this one. */
function told(): Promise<void> {
  return new Promise((done) => {
    for (const signal of STOP_SIGNALS) process.once(signal, () => done());
    whenHandingOverEnds(done);
  });
}

/** A machine without a browser, or without a screen, shows the link alone. */
function openBrowser(link: string): void {
  const command = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const screenless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (screenless || findCommand(command) === undefined) return;
  spawn(command, [link], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/** @throws UsageError */
function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new UsageError({
      code: 'usage.call',
      where: '--port',
      expected: 'a whole number from 0 to 65535',
      got: `"${text}"`,
      remedy: 'leave it out for any free one',
    });
  return port;
}
