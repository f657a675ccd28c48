import { dirname, relative } from 'node:path';
import { graphFault, InvalidGraph } from '@soliloquy/graph';
import { complain } from './print.ts';

/** The configuration that was opened last, where nobody allowed it. */
let refused: string | undefined;
const noted = new Set<string>();

/** Remembers the configuration that was not allowed to run, if any, and says so once. */
export function remember(configPath: string | undefined): void {
  refused = configPath;
  if (configPath === undefined || noted.has(configPath)) return;
  noted.add(configPath);
  complain(`${noteOf(configPath)}\n`);
}

/** What a person is told of a configuration that was not allowed to run. */
export function noteOf(configPath: string): string {
  return (
    `${shown(configPath)}: not trusted, so nothing of it is run; ` +
    `${remedyOf(configPath)} says what it would run and allows it`
  );
}

/** What a graph may lack because its project was not allowed to bring it. */
const BROUGHT = ['graph.unknown-stage', 'graph.unknown-backbone', 'graph.unknown-type', 'graph.unknown-metric'];

/** The error with the other remedy, where something is unknown and a configuration was not allowed to run. */
export function withTrustRemedy(error: unknown): unknown {
  if (refused === undefined || !(error instanceof InvalidGraph)) return error;
  const remedy = `or trust ${shown(refused)}, which may bring it: ${remedyOf(refused)}`;
  return new InvalidGraph(
    error.errors.map((each) =>
      BROUGHT.includes(each.code)
        ? graphFault({ ...each, remedy: each.remedy === undefined ? remedy : `${each.remedy}, ${remedy}` })
        : each,
    ),
    { cause: error },
  );
}

function remedyOf(configPath: string): string {
  return `soliloquy trust ${shown(dirname(configPath))}`;
}

function shown(path: string): string {
  const way = relative(process.cwd(), path);
  return way === '' ? '.' : way.startsWith('..') ? path : way;
}
