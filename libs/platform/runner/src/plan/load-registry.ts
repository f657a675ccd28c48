import { Fault } from '@soliloquy/fault';
import { createRegistry, type StageRegistry } from '@soliloquy/graph';
import type { AnyStage } from '@soliloquy/stage';

/**
 * Imports a module that exports `stages: readonly AnyStage[]`. Runner and workers are given its URL rather than the
 * stages: code cannot be sent.
 *
 * @throws when it exports no such thing
 */
export async function loadRegistry(moduleUrl: string): Promise<StageRegistry> {
  const { stages } = (await import(moduleUrl)) as { stages?: readonly AnyStage[] };
  if (!Array.isArray(stages))
    throw new Fault({
      code: 'runner.argument',
      where: moduleUrl,
      expected: 'an export "stages"',
      got: typeof stages,
      remedy: 'export an array of stages',
      audience: 'author',
    });
  return createRegistry(stages);
}
