import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { PreparedGraph } from '../plan/prepare.ts';
import { InputError } from './input-error.ts';
import { isInside } from './keep-inside.ts';

/** What keeps a real path from being read for a document of a project; undefined for one that may be. */
export function strangeness(path: string, root: string): 'one outside' | 'a hidden one' | undefined {
  if (path === root || !isInside(path, root)) return 'one outside';
  return relative(root, path)
    .split(sep)
    .some((part) => part.startsWith('.'))
    ? 'a hidden one'
    : undefined;
}

/**
 * Confines what a document names to the folder of its project: no other file is read, and no hidden one.
 *
 * @returns gives the real path of a file. @throws InputError
 */
export function confinedTo(project: string): (path: string, where: string) => Promise<string> {
  return async (path, where) => {
    const root = await realpath(project);
    // Before the disk is asked: whether a file is there, outside, is nobody's business.
    const named = isInside(resolve(path), root) || isInside(resolve(path), resolve(project));
    const real = named ? await realpath(path).catch((cause: NodeJS.ErrnoException) => cause) : undefined;
    const got = real instanceof Error ? undefined : real === undefined ? 'one outside' : strangeness(real, root);
    if (typeof real === 'string' && got === undefined) return real;
    const code = real instanceof Error ? real.code : undefined;
    throw new InputError({
      code: 'run.bad-input',
      where,
      expected: "a file of the graph's project",
      got: got ?? `${code === 'ENOENT' ? 'none' : code} at ${path}`,
      remedy:
        got === undefined ? 'check the path' : `copy it into the project, or name it yourself with --input or --set`,
    });
  };
}

/** A file that a param of a node names, for a backbone that needs one. */
interface NamedFile {
  readonly node: string;
  readonly param: string;
  readonly path: string;
}

/** The files that params name, apart from those of the backbones' own defaults. */
export function filesOfParams({ nodes }: PreparedGraph): NamedFile[] {
  return nodes.flatMap(({ name: node, backbone, params }) =>
    (backbone.needs ?? []).flatMap((need) => {
      const path = need.kind === 'file' ? params[need.param] : undefined;
      if (need.kind !== 'file' || typeof path !== 'string' || path === '') return [];
      const standard = (
        backbone.params.shape[need.param] as { safeParse(value: unknown): { data?: unknown } } | undefined
      )?.safeParse(undefined).data;
      return path === standard ? [] : [{ node, param: need.param, path }];
    }),
  );
}

/** Confines the files of params that a person did not set. @throws InputError */
export async function confineParams(graph: PreparedGraph, project: string): Promise<void> {
  const confine = confinedTo(project);
  const set = graph.settings.set ?? {};
  for (const { node, param, path } of filesOfParams(graph))
    if (!Object.hasOwn(set, `${node}.${param}`)) await confine(path, `${node}.params.${param}`);
}
