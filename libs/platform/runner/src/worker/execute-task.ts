import type { ArtifactRef, ArtifactStore } from '@soliloquy/artifacts';
import { encoderCores } from '@soliloquy/media/encoder-cores';
import type { Metrics, PortType, Preview } from '@soliloquy/ports';
import { metrics as metricsPort } from '@soliloquy/ports/metrics';
import {
  figureNamed,
  figuresOf,
  settleAxes,
  StageError,
  type AnyStage,
  type BackboneModule,
  type StageContext,
  type Titled,
} from '@soliloquy/stage';
import { coresMatter } from '../plan/element-task.ts';
import type { InputDigests, Made, Operation, Task } from '../transport/protocol.ts';

/**
 * Does a task: reads its inputs from the store, decodes and checks them, runs the backbone, checks, encodes and stores
 * what it made. The result counts only once all of it is stored.
 *
 * @throws what the backbone throws; StageError `task.bad-output` when a value does not fit its port; StoreError
 */
export async function executeTask(
  task: Task,
  declared: AnyStage,
  store: ArtifactStore,
  context: StageContext,
  openModule: () => Promise<BackboneModule>,
): Promise<Made> {
  const stage = settleAxes(declared, task.params);
  const inputs: Record<string, unknown> = {};
  for (const [port, spec] of Object.entries(stage.inputs)) {
    const value = await readInput(`${task.label}.${port}`, spec.type, task.inputs[port] ?? null, store);
    inputs[port] = spec.titled === true && value !== undefined ? withTitles(value, task.titles?.[port] ?? []) : value;
  }
  const module = await openModule();
  context.signal.throwIfAborted();
  const started = performance.now();
  const values = (await module.run(inputs as never, task.params as never, context)) as
    Record<string, unknown> | undefined;
  const seconds = (performance.now() - started) / 1000;
  const outputs: Record<string, ArtifactRef | ArtifactRef[] | null> = {};
  const previews: Record<string, Preview | Preview[]> = {};
  for (const [port, spec] of Object.entries(stage.outputs)) {
    context.signal.throwIfAborted();
    const where = `${task.label}.${port}`;
    const value = values?.[port];
    if (value === undefined || value === null) {
      if (!spec.optional)
        throw new StageError({
          code: 'task.bad-output',
          where,
          expected: spec.type.id,
          got: `nothing from backbone "${task.backbone}"`,
          remedy: `mend ${stage.id}`,
        });
      outputs[port] = null;
    } else if (spec.makes === undefined) {
      if (spec.type.id === metricsPort.id) checkDeclared(where, task, stage, port, value as Metrics);
      outputs[port] = await storeOutput(where, spec.type, value, store);
      previews[port] = spec.type.preview(value);
    } else {
      if (!Array.isArray(value) || value.length === 0)
        throw new StageError({
          code: 'task.bad-output',
          where,
          expected: `at least one ${spec.type.id} along ${spec.makes}`,
          got: Array.isArray(value) ? 'none' : typeof value,
          remedy: `mend ${stage.id} or ask it for more`,
        });
      const refs: ArtifactRef[] = [];
      for (const [index, element] of value.entries()) {
        if (spec.type.id === metricsPort.id) checkDeclared(`${where}[${index}]`, task, stage, port, element as Metrics);
        refs.push(await storeOutput(`${where}[${index}]`, spec.type, element, store));
      }
      outputs[port] = refs;
      previews[port] = value.map((element) => spec.type.preview(element));
    }
  }
  const cores = coresMatter({ stage, backbone: stage.backbones[task.backbone] ?? {} }) ? encoderCores() : undefined;
  return {
    outputs,
    previews,
    seconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    ...(cores !== undefined && { cores }),
  };
}

/** Calls an operation that a backbone offers. @throws StageError `task.unknown-operation` */
export async function executeOperation(
  work: Operation,
  context: StageContext,
  openModule: () => Promise<BackboneModule>,
): Promise<unknown> {
  const { operations } = await openModule();
  const operation =
    operations !== undefined && Object.hasOwn(operations, work.operation) ? operations[work.operation] : undefined;
  if (operation === undefined)
    throw new StageError({
      code: 'task.unknown-operation',
      where: `${work.stage}.${work.backbone}`,
      expected: `an operation "${work.operation}"`,
      got: Object.keys(operations ?? {}).join(', ') || 'none',
      remedy: 'choose a backbone that offers it',
    });
  return operation(work.args as never, work.params as never, context);
}

async function readInput(where: string, type: PortType, digests: InputDigests, store: ArtifactStore): Promise<unknown> {
  if (digests === null) return undefined;
  if (typeof digests === 'string') return decode(where, type, digests, store);
  return Promise.all(digests.map((digest, index) => decode(`${where}[${index}]`, type, digest, store)));
}

async function decode(where: string, type: PortType, digest: string, store: ArtifactStore): Promise<unknown> {
  const value = await type.decode(await store.get(digest));
  check(where, type, value);
  return value;
}

function withTitles(value: unknown, titles: readonly string[]): Titled<unknown>[] {
  return (value as readonly unknown[]).map((element, index) => ({ title: titles[index], value: element }));
}

/** A graph is refused before it runs by what stages declare of their figures: what they give must be of that. */
function checkDeclared(where: string, task: Task, stage: AnyStage, output: string, given: Metrics): void {
  const figures = figuresOf(stage, stage.backbones[task.backbone] ?? {}, output);
  if (figures === undefined) return;
  const connected = (port: string): boolean => (task.inputs[port] ?? null) !== null;
  for (const name of Object.keys(given.values ?? {})) {
    const figure = figureNamed(figures, name);
    if (figure === undefined)
      throw new StageError({
        code: 'task.bad-output',
        where,
        expected: `figures that ${stage.id} declares (${Object.keys(figures).join(', ') || 'none'})`,
        got: `"${name}" from backbone "${task.backbone}"`,
        remedy: 'declare it in its measures',
      });
    const lacking = (figure.needs ?? []).filter((port) => !connected(port));
    if (lacking.length > 0)
      throw new StageError({
        code: 'task.bad-output',
        where: `${where}.${name}`,
        expected: `no such figure without ${lacking.join(', ')}, which ${stage.id} says it needs`,
        got: `one from backbone "${task.backbone}"`,
        remedy: 'correct what it needs',
      });
  }
}

async function storeOutput(where: string, type: PortType, value: unknown, store: ArtifactStore): Promise<ArtifactRef> {
  check(where, type, value);
  return store.put(type.id, await type.encode(value));
}

/** The value itself travels on, not the parsed copy: values with methods (a lazy video) would lose them. */
function check(where: string, type: PortType, value: unknown): void {
  const parsed = type.schema.safeParse(value);
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  const path = issue.path.length > 0 ? `.${issue.path.map(String).join('.')}` : '';
  throw new StageError({
    code: 'task.bad-value',
    where: `${where}${path}`,
    expected: type.id,
    got: `one with ${issue.message}`,
    remedy: 'mend the stage that made it',
  });
}
