/** A gateway in a process of its own, so that who measures it does not hold it up. argv: project. Prints its link. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadRegistry } from '@soliloquy/runner';
import { openGateway } from '../src/index.ts';

const [project] = process.argv.slice(2);
const registryModule = new URL('./stages.ts', import.meta.url).href;
const pageFolder = join(project, '../page');
mkdirSync(pageFolder, { recursive: true });
const gateway = await openGateway({
  project,
  graph: undefined,
  stateFolder: join(project, '.soliloquy'),
  registry: await loadRegistry(registryModule),
  registryModule,
  pageFolder,
  playerFolder: pageFolder,
  port: 0,
  threads: 1,
  version: '0.1.0',
  versions: {},
});
process.send?.(gateway.link());
process.on('disconnect', () => void gateway.close().then(() => process.exit(0)));
