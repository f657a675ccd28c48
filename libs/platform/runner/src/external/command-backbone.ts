import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Fault } from '@soliloquy/fault';
import type { ArtifactFiles, PortType } from '@soliloquy/ports';
import {
  checkBackbone,
  StageError,
  type AnyStage,
  type Backbone,
  type StageContext,
  type Titled,
} from '@soliloquy/stage';
import { runCommand } from './run-command.ts';
import { WorkerConfigError, type ExternalBackbone, type WorkerConfig } from './worker-config.ts';

/**
 * The stages with the backbones that a worker's configuration adds. Each is a command that finds
 * `inputs/<port>/<files>` (several along a gathered axis: `inputs/<port>/0/<files>` …) and `task.json` in its folder
 * and leaves `outputs/<port>/<files>`, in the same open formats that artifacts have.
 *
 * @throws WorkerConfigError when it names a stage that is not installed, or a backbone that it has already
 */
export function withExternalBackbones(stages: readonly AnyStage[], config: WorkerConfig): AnyStage[] {
  const added = stages.map((stage) => ({ ...stage, backbones: { ...stage.backbones } }));
  for (const [name, external] of Object.entries(config.backbones)) {
    const [id, backbone] = name.split('/');
    const stage = added.find((each) => each.id === id);
    if (stage === undefined)
      throw new WorkerConfigError({
        code: 'config.worker',
        where: `backbones.${name}`,
        expected: 'a stage that is installed',
        got: `"${id}"`,
        remedy: "correct the worker's configuration",
      });
    if (Object.hasOwn(stage.backbones, backbone))
      throw new WorkerConfigError({
        code: 'config.worker',
        where: `backbones.${name}`,
        expected: `a name that ${id} has not`,
        got: `"${backbone}"`,
        remedy: "rename it in the worker's configuration",
      });
    stage.backbones[backbone] = commandBackbone(stage, backbone, external);
  }
  return added;
}

function checkedLacks(stage: AnyStage, name: string, backbone: Backbone): Backbone {
  try {
    checkBackbone(stage, name, backbone);
  } catch (cause) {
    const { expected, got } = cause as Fault;
    throw new WorkerConfigError(
      { code: 'config.worker', where: `backbones.${stage.id}/${name}`, expected, got, remedy: 'correct the names' },
      { cause },
    );
  }
  return backbone;
}

/** A command as a backbone of a stage. @throws WorkerConfigError when it lacks what is no part of an output */
export function commandBackbone(stage: AnyStage, name: string, config: ExternalBackbone): Backbone {
  const { version, title, summary, threads, command, lacks } = config;
  const remedy = `give backbones.${stage.id}/${name} a command in the worker's configuration`;
  return checkedLacks(stage, name, {
    version,
    title,
    summary,
    params: z.object({}),
    threads,
    foreign: true,
    ...(lacks !== undefined && { lacks }),
    needs: [{ kind: 'command', what: command?.[0] ?? 'a command', command: command?.[0] ?? '', remedy }],
    load: async () => ({
      run: (
        inputs: Readonly<Record<string, unknown>>,
        params: Readonly<Record<string, unknown>>,
        context: StageContext,
      ) => runExternal({ stage, name, config, inputs, params, context }),
    }),
  });
}

/** One task of a command: what it is a backbone of, and what it was given. */
interface CommandTask {
  readonly stage: AnyStage;
  readonly name: string;
  readonly config: ExternalBackbone;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly context: StageContext;
}

/** By input that is titled, the title of each of its elements. */
type Titles = Record<string, string[]>;

/** @throws StageError when there is no command, when it fails, and when it leaves what it should not */
async function runExternal(task: CommandTask): Promise<Record<string, unknown>> {
  const { stage, name, config, inputs, context } = task;
  const where = `${stage.id}.${name}`;
  const { command } = config;
  if (command === undefined)
    throw new StageError({
      code: 'task.command-missing',
      where,
      expected: 'a command',
      got: 'none on this machine',
      remedy: "give it one in the worker's configuration",
    });
  const folder = await context.scratch();
  const paths = { inputs: join(folder, 'inputs'), outputs: join(folder, 'outputs'), task: join(folder, 'task.json') };
  const titles = await writeInputs(stage, inputs, paths.inputs);
  for (const port of Object.keys(stage.outputs)) await mkdir(join(paths.outputs, port), { recursive: true });
  await writeFile(paths.task, taskJson(task, titles));
  await runCommand({
    where,
    config: { ...config, command },
    folder,
    paths,
    signal: context.signal,
    line: (text) => say(text, context),
  });
  return readOutputs(stage, where, paths.outputs);
}

async function writeInputs(
  stage: AnyStage,
  inputs: Readonly<Record<string, unknown>>,
  folder: string,
): Promise<Titles> {
  const titles: Titles = {};
  for (const [port, { type, gathers, titled }] of Object.entries(stage.inputs)) {
    const value = inputs[port];
    if (value === undefined) continue;
    const at = join(folder, port);
    if (gathers === undefined) await writeFiles(at, await type.encode(value));
    else {
      const elements = value as readonly unknown[];
      if (titled === true) titles[port] = (elements as readonly Titled<unknown>[]).map(({ title }) => title);
      for (const [index, element] of elements.entries()) {
        const given = titled === true ? (element as Titled<unknown>).value : element;
        await writeFiles(join(at, String(index)), await type.encode(given));
      }
    }
  }
  return titles;
}

/** What a command reads in `task.json`. */
function taskJson({ stage, name, params, context }: CommandTask, titles: Titles): string {
  return JSON.stringify(
    {
      stage: stage.id,
      version: stage.version,
      backbone: name,
      params,
      seed: context.seed,
      threads: context.threads,
      device: context.device,
      ...(Object.keys(titles).length > 0 && { titles }),
    },
    null,
    2,
  );
}

/** @throws StageError when a command left no files, or such that are not of the type */
async function readOutputs(stage: AnyStage, where: string, folder: string): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [port, { type, makes, optional }] of Object.entries(stage.outputs)) {
    const at = join(folder, port);
    const elements = makes === undefined ? [at] : await elementFolders(at);
    const made = await Promise.all(elements.map((element) => readValue(`${where}.${port}`, element, type)));
    const given = made.filter((value) => value !== undefined);
    if (given.length === 0 && !optional)
      throw new StageError({
        code: 'task.command-failed',
        where: `${where}.${port}`,
        expected: `the command to leave files in outputs/${port}`,
        got: 'none',
        remedy: 'mend it',
      });
    values[port] = makes === undefined ? made[0] : given.length > 0 ? given : undefined;
  }
  return values;
}

/** The folders `0`, `1` … of a list, in this order. */
async function elementFolders(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((each) => /^\d+$/.test(each))
    .sort((a, b) => Number(a) - Number(b))
    .map((each) => join(folder, each));
}

/**
 * `progress 3/10 what it does` is heard as progress, `scalar loss 120 0.034` as a point of a curve; all else is logged.
 */
function say(text: string, context: StageContext): void {
  const line = text.trim();
  const progress = /^progress (\d+)\/(\d+)(?: (.*))?$/.exec(line);
  const scalar = /^scalar (\S+) (\d+) ([-+.\deE]+)$/.exec(line);
  if (progress !== null) context.progress(Number(progress[1]), Number(progress[2]), progress[3]);
  else if (scalar !== null) context.scalar(scalar[1], Number(scalar[2]), Number(scalar[3]));
  else if (line !== '') context.log(line.slice(0, 500));
}

async function writeFiles(folder: string, files: ArtifactFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

/** `undefined` where there is no file. */
async function readValue(where: string, folder: string, type: PortType): Promise<unknown> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  if (entries.length === 0) return undefined;
  const files = Object.fromEntries(
    await Promise.all(
      entries.map(async ({ name }) => [name, new Uint8Array(await readFile(join(folder, name)))] as const),
    ),
  );
  try {
    return await type.decode(files);
  } catch (cause) {
    throw new StageError(
      {
        code: 'task.command-failed',
        where,
        expected: `files of a ${type.id}`,
        got: `${entries.map(({ name }) => name).join(', ')}: ${(cause as Error).message.split('\n', 1)[0]}`,
        remedy: 'mend the command',
      },
      { cause },
    );
  }
}
