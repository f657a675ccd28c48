/**
 * A film drawn from the `.avatar` beside the graph's own, of one voice and one seed: PSNR of the frames before they are
 * encoded, of the whole picture. What the Gaussians lose as `.spz`, and what the networks lose with weights of 16 bits.
 *
 *     node test/avatar-film.bench.ts RUN STORE
 *
 * RUN is the folder of a run of `graphs/quickstart.json`; STORE its store.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { motionDecodeStage } from '@soliloquy/alignment';
import { openDiskStore } from '@soliloquy/artifacts';
import { avatarOpenStage } from '@soliloquy/avatar';
import { avatar } from '@soliloquy/avatar-file/port';
import { motionSamplingStage } from '@soliloquy/motion-diffusion';
import * as ports from '@soliloquy/ports';
import { splatRendererStage } from '@soliloquy/splat-renderer';
import { loadBackbone, type AnyStage } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';

interface Task {
  readonly task: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly ingredients: { readonly seed: number; readonly params: Readonly<Record<string, unknown>> };
}
interface Person {
  readonly gaussians: ports.Gaussians;
  readonly background: ports.Image;
  readonly space: unknown;
  readonly model: unknown;
}

const [run, storeFolder] = parseArgs({ allowPositionals: true }).positionals;
const store = await openDiskStore(join(storeFolder, 'store'));
const { tasks } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { tasks: readonly Task[] };

const audio = await made('voice', 'audio', ports.audio);
const gaussians = await made('avatar', 'gaussians', ports.gaussians);
const background = await made('reference', 'background', ports.image);
const deformation = await made('motion', 'deformation', ports.deformation);
const person = (await ran(avatarOpenStage, { avatar: await made('file', 'avatar', avatar) })) as unknown as Person;
const { motion } = await ran(motionSamplingStage, { audio, model: person.model, space: person.space }, 'sampling');
const own = await ran(motionDecodeStage, { motion, model: person.space, gaussians: person.gaussians });

const graph = await film({ gaussians, background, deformation });
console.log('film                      | least dB | mean dB');
await compare('its Gaussians, graph motion', { ...person, deformation });
await compare('its own Gaussians and motion', { ...person, ...own });

async function compare(what: string, inputs: object): Promise<void> {
  const drawn = await film(inputs);
  const each = drawn.map((frame, i) => psnr(frame, graph[i]));
  const mean = each.reduce((sum, value) => sum + value, 0) / each.length;
  console.log(`${what} | ${Math.min(...each).toFixed(1)} | ${mean.toFixed(1)}`);
}

async function film(inputs: object): Promise<Uint8ClampedArray[]> {
  const { gaussians, background, deformation } = inputs as Record<string, unknown>;
  const { video } = await ran(splatRendererStage, { gaussians, background, deformation }, 'film');
  const frames: Uint8ClampedArray[] = [];
  for await (const frame of (video as ports.Video).read()) frames.push(Uint8ClampedArray.from(frame));
  return frames;
}

function psnr(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 < 3) sum += (a[i] - b[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / Math.max(sum / (a.length * 0.75), 1e-9));
}

function taskOf(node: string): Task {
  const task = tasks.find((each) => each.task.replace(/\[.*/, '') === node);
  if (!task) throw new Error(`${run}: no ${node}`);
  return task;
}

async function made<T>(node: string, port: string, type: ports.PortType<T>): Promise<T> {
  return type.decode(await store.get(taskOf(node).outputs[port]));
}

/** A stage by its default backbone; with the params and the seed that a node of the run had, where it is named. */
async function ran(stage: AnyStage, inputs: object, node?: string): Promise<Record<string, unknown>> {
  const given = node === undefined ? undefined : taskOf(node).ingredients;
  const backbone = stage.backbones[stage.defaultBackbone];
  const params = given?.params ?? { ...(stage.params.parse({}) as object), ...(backbone.params.parse({}) as object) };
  const { run: step } = await loadBackbone(`${stage.id}.${stage.defaultBackbone}`, backbone);
  return (await step(inputs as never, params as never, stageContext({ seed: given?.seed ?? 7, threads: 2 }))) as never;
}
