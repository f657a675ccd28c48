import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { staleBuild } from '@soliloquy/device/built-sources';
import { Fault } from '@soliloquy/fault';
import { complain } from './print.ts';
import { INSTALLATION } from './versions.ts';

/** What is built from sources: a package, its folder and what it is to a person. */
const BUILT = {
  kernels: { title: 'the splat kernels', package: '@soliloquy/splat', folder: ['kernels', 'splat'] },
  page: { title: "the notebook's page", package: '@soliloquy/notebook', folder: ['apps', 'notebook'] },
  player: { title: 'the player', package: '@soliloquy/player', folder: ['libs', 'methods', 'player'] },
} as const;

export type BuiltPart = keyof typeof BUILT;
export const BUILT_PARTS = Object.keys(BUILT) as BuiltPart[];

/** A part that has to be built before it is used. */
export interface StalePart {
  readonly part: BuiltPart;
  readonly title: string;
  readonly why: string;
}

/** What was never built, or from other sources than are here now. */
export function staleParts(parts: readonly BuiltPart[] = BUILT_PARTS, installation = INSTALLATION): StalePart[] {
  return parts.flatMap((part) => {
    const { title, folder } = BUILT[part];
    const why = staleBuild(join(installation, ...folder));
    return why === undefined ? [] : [{ part, title, why }];
  });
}

/**
 * Builds what is not built, or was from other sources: nobody has to know that a part of this program is compiled. Says
 * so on standard error, where it does.
 *
 * @throws Fault `build.failed`
 */
export async function buildStale(parts: readonly BuiltPart[], installation = INSTALLATION): Promise<void> {
  for (const { part, title, why } of staleParts(parts, installation)) {
    complain(`building ${title}: ${why}\n`);
    const got = await build(BUILT[part].package, installation);
    if (got === undefined) continue;
    throw new Fault({
      code: 'build.failed',
      where: title,
      expected: 'to be built from its sources',
      got,
      remedy: 'run npm ci, then npm run build',
      phase: 'before-run',
    });
  }
}

/** Where its package says that it is. */
function programOfNx(folder: string): string | undefined {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { nx: string } };
  return join(folder, bin.nx);
}

/** @returns what went wrong; undefined where nothing did */
async function build(name: string, installation: string): Promise<string | undefined> {
  const nx = programOfNx(join(installation, 'node_modules', 'nx'));
  if (nx === undefined) return `no nx in ${join(installation, 'node_modules')}`;
  const bin = join(installation, 'node_modules', '.bin');
  const child = spawn(process.execPath, [nx, 'run-many', '-t', 'build', '-p', name, '--outputStyle=static'], {
    cwd: installation,
    // No server that stays: this process alone is stopped when the person stops it.
    env: { ...process.env, NX_DAEMON: 'false', PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes));
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('exit', stop);
  if (code === 0) return undefined;
  process.stderr.write(Buffer.concat(said));
  return `exit code ${code ?? 'none'} and the lines above`;
}
