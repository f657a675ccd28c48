import { dirname, join, resolve } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import {
  confinedTo,
  confineParams,
  importInputs,
  keepInside,
  keepStateInside,
  planGraph,
  prepareGraph,
  writeWhole,
  type NodePlan,
} from '@soliloquy/runner';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import { staleParts } from '../build-stale.ts';
import { runDevice } from '../device-option.ts';
import { EXIT } from '../exit-code.ts';
import { junitOfPlan } from '../junit.ts';
import { openInstallation } from '../open-installation.ts';
import { parseAssignments, parseCount, parseOptions, parseSeed } from '../parse-options.ts';
import { complain, print } from '../print.ts';
import { openAsSet, projectFolderFor, stateFolderFor, writingRooms } from '../project.ts';

/** `soliloquy plan GRAPH` */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('plan', args, [1, 1]);
  const [path] = options.positionals;
  const { registry, registryModule } = await openInstallation(projectFolderFor(path), options);
  const { document, settings } = await openAsSet(path, registry, options);
  const graph = prepareGraph(document, registry, settings, parseSeed(options.text('seed')), {
    device: await runDevice(options, document, registry),
    threads: parseCount('threads', options.text('threads')),
  });
  for (const note of graph.notes) complain(`${note}\n`);
  const stateFolder = stateFolderFor(path, options.text('store'));
  await keepStateInside(stateFolder, writingRooms(path, '--store'));
  const store = await openDiskStore(join(stateFolder, STORE_FOLDER));
  await confineParams(graph, projectFolderFor(path));
  const inputs = await importInputs(
    document,
    registry,
    parseAssignments('input', options.texts('input')),
    dirname(resolve(path)),
    store,
    { confine: confinedTo(projectFolderFor(path)), registryModule },
  );
  const plans = await planGraph(
    graph,
    new Map([...inputs].map(([name, { ref }]) => [name, ref.digest])),
    store,
    stateFolder,
  );
  const junit = options.text('junit');
  if (junit !== undefined) await keepInside(junit, writingRooms(path, '--junit'));
  if (junit !== undefined) await writeWhole(junit, junitOfPlan(document.name, plans));
  for (const { title, why } of staleParts(['kernels'])) complain(`${title}: ${why}; run builds them first\n`);
  for (const plan of plans)
    print(
      options.flag('json')
        ? `${JSON.stringify(plan)}\n`
        : `${lineOf(plan, Math.max(...plans.map(({ node }) => node.length)))}\n`,
    );
  return EXIT.done;
}

/** `fit    6 to run: params.steps 200 -> 400` */
function lineOf({ node, elements, cached, stale, waiting, waitsFor }: NodePlan, widest: number): string {
  const parts: string[] = [];
  if (cached > 0) parts.push(elements === 1 ? 'cached' : `${cached} cached`);
  for (const [reasons, count] of countBy(stale.map(({ reasons: why }) => why.join('; '))))
    parts.push(`${elements === 1 ? '' : `${count} `}to run: ${reasons}`);
  if (waiting > 0 || elements === undefined)
    parts.push(`${elements === undefined || elements === 1 ? '' : `${waiting} `}waits for ${waitsFor.join(', ')}`);
  return `${node.padEnd(widest)}  ${parts.join(' | ')}`;
}

function countBy(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
