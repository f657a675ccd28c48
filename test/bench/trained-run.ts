import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import type { PortType } from '@soliloquy/ports';
import { loadBackbone, type AnyStage } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';

/** Gives what a node of a run made; of a node that ran for several elements, the first, or the one that is told. */
export type MadeBy = <T>(node: string, port: string, type: PortType<T>, element?: number) => Promise<T>;

/**
 * Opens what a run made.
 *
 * @param run         folder with its `run.json`
 * @param storeFolder as `--store` had it
 */
export async function openRun(run: string, storeFolder: string): Promise<MadeBy> {
  const store = await openDiskStore(join(storeFolder, 'store'));
  const { tasks } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as {
    tasks: { task: string; outputs: Record<string, string> }[];
  };
  return async (node, port, type, element = 0) => {
    const task = tasks.filter((each) => each.task.replace(/\[.*/, '') === node)[element];
    if (!task) throw new Error(`${run}: no ${node}`);
    return type.decode(await store.get(task.outputs[port]));
  };
}

/** What a stage's default backbone gives, with the defaults of its params but for those that are given. */
export async function ran<T>(
  stage: AnyStage,
  inputs: Record<string, unknown>,
  { seed = 7, ...given }: { readonly seed?: number } & Record<string, unknown> = {},
): Promise<T> {
  const backbone = stage.backbones[stage.defaultBackbone];
  const { run } = await loadBackbone(`${stage.id}.${stage.defaultBackbone}`, backbone);
  const params = { ...(stage.params.parse({}) as object), ...(backbone.params.parse({}) as object), ...given };
  await using ctx = stageContext({ threads: 2, seed });
  return (await run(inputs as never, params as never, ctx)) as T;
}
