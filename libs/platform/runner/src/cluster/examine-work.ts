import type { StageRegistry } from '@soliloquy/graph';
import { settleAxes, type AnyStage, type Backbone } from '@soliloquy/stage';
import { keyOfTask } from '../plan/element-task.ts';
import type { WireWork, WorkMessage } from './messages.ts';
import { capabilityOf, workSubject } from './names.ts';

/** A message with what it asks for, wherever that stood. */
type UnpackedMessage = Pick<WorkMessage, 'id' | 'capability'> & { readonly work: WireWork };

/**
 * Whether a message of the queue asks for what its name says. Whoever may put work into the queue can have anything
 * computed that this machine offers, but nothing under the name of another task: the key is computed anew from what is
 * asked for, so no result comes to stand under a key that is not its own, neither here nor in the cluster.
 *
 * @param subject under which it stood in the queue
 * @returns what is wrong with it, in words; `undefined` for what may be done
 */
export function strangenessOfWork(
  message: UnpackedMessage,
  subject: string,
  registry: StageRegistry,
): string | undefined {
  const { id, capability, work } = message;
  if (subject !== workSubject(capability, id)) return 'the subject of other work';
  const stage = registry.get(work.stage);
  const backbone =
    stage !== undefined && Object.hasOwn(stage.backbones, work.backbone) ? stage.backbones[work.backbone] : undefined;
  if (stage === undefined || backbone === undefined) return 'a stage or a backbone that is not here';
  if (capability !== capabilityOf(stage, work.backbone, work.device)) return 'the queue of another stage';
  // What an operation is called with is its backbone's own affair, and its result is kept nowhere.
  if (work.kind === 'operation') return undefined;
  if (!areParams(stage, backbone, work.params)) return 'params that its stage does not have';
  return id === work.key && work.key === keyOf(work, stage, backbone) ? undefined : 'the key of another task';
}

function areParams(stage: AnyStage, backbone: Backbone, params: WireWork['params']): boolean {
  const schemas = [stage.params, backbone.params];
  return (
    Object.keys(params).every((name) => schemas.some(({ shape }) => Object.hasOwn(shape, name))) &&
    schemas.every(
      (schema) =>
        schema.safeParse(
          Object.fromEntries(Object.entries(params).filter(([name]) => Object.hasOwn(schema.shape, name))),
        ).success,
    )
  );
}

function keyOf(work: WireWork & { kind: 'task' }, stage: AnyStage, backbone: Backbone): string {
  const { params, inputs, titles, models, seed, device, threads, cores } = work;
  return keyOfTask({
    stage: settleAxes(stage, params),
    backboneName: work.backbone,
    backbone,
    params,
    inputs,
    titles,
    models,
    seed,
    device,
    threads,
    cores,
  }).key;
}
