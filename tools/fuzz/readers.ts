import { Fault } from '@soliloquy/fault';
import {
  activeGraph,
  decodeGraphText,
  formatGraph,
  InvalidGraph,
  migrateGraph,
  parseGraph,
  validateGraph,
  type StageRegistry,
} from '@soliloquy/graph';
import { carriedGraph } from '@soliloquy/graph/carried';
import { decodeAudio, decodeImage, encodePng, openMp4, VOICE_SECONDS } from '@soliloquy/media';
import { audio, gaussians, landmarks as landmarksPort } from '@soliloquy/ports';
import { loadRegistry, prepareGraph } from '@soliloquy/runner';
import { diffRuns, parseRunRecord } from '@soliloquy/runner/compare';
import { decodePly, decodeSplat, decodeSpz } from '@soliloquy/splat';
import { readOnnxMetadata, readOnnxPorts, refuseExternalData } from '@soliloquy/tensor/onnx-metadata';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { renderMarkdown } from '../../apps/gateway/src/markdown.ts';

/** As an input of a graph; a voice that is too short for one is looked at as well. */
export async function voice(bytes: Uint8Array, name: string): Promise<void> {
  await audio.encode(await decodeAudio(bytes, { name, maxSeconds: VOICE_SECONDS.max }));
}

const FRAMES = 3;

/** Opened, some frames read, and the graph that it may carry. */
export async function film(bytes: Uint8Array): Promise<void> {
  carriedGraph(bytes);
  const { read, frames } = await openMp4(bytes, 'film.mp4');
  for await (const frame of read(0, Math.min(frames, FRAMES)))
    if (frame.length === 0) throw new Error('an empty frame');
}

/** As small as it may be: what is too small for a person's picture is refused by another line. */
export async function picture(bytes: Uint8Array, name: string): Promise<void> {
  carriedGraph(bytes);
  await encodePng(await decodeImage(bytes, { name }));
}

export async function ply(bytes: Uint8Array): Promise<void> {
  decodePly(bytes);
}

export async function spz(bytes: Uint8Array): Promise<void> {
  await decodeSpz(bytes);
}

export async function splat(bytes: Uint8Array): Promise<void> {
  decodeSplat(bytes);
}

/** As Gaussians, or the file that has other tensors alone. */
export async function tensors(bytes: Uint8Array): Promise<void> {
  if (decodeSafetensors(bytes).tensors.half === undefined) await gaussians.decode({ 'gaussians.safetensors': bytes });
}

/** What is looked at before an engine loads it. */
export async function network(bytes: Uint8Array): Promise<void> {
  refuseExternalData(bytes);
  readOnnxMetadata(bytes);
  readOnnxPorts(bytes);
}

export async function landmarks(bytes: Uint8Array): Promise<void> {
  await landmarksPort.encode(await landmarksPort.fromUser!({ kind: 'file', name: 'points.json', bytes }));
}

/** Loaded before any case, whose time it is not. */
const stages: StageRegistry = await loadRegistry(
  new URL('../../apps/cli/src/installed-stages.ts', import.meta.url).href,
);

/** Opened as the gateway does it, told its faults, written again, and made ready to run. */
export async function graph(bytes: Uint8Array): Promise<void> {
  const text = decodeGraphText(bytes, 'graph.json');
  const { doc } = migrateGraph(parseGraph(text, { path: 'graph.json' }), stages);
  const written = formatGraph(doc);
  if (formatGraph(parseGraph(written, { path: 'graph.json' })) !== written) throw new Error('written in two ways');
  const errors = validateGraph(activeGraph(doc, stages).doc, stages);
  if (errors.length > 0) throw new InvalidGraph(errors);
  for (const size of ['tiny', 'small']) if (Object.hasOwn(doc.sizes, size)) prepareGraph(doc, stages, { size });
}

export async function run(bytes: Uint8Array): Promise<void> {
  const record = parseRunRecord(new TextDecoder().decode(bytes), 'runs/one/run.json');
  diffRuns(record, record);
}

/** Shown, and nothing of it runs. */
export async function markdown(bytes: Uint8Array): Promise<void> {
  const html = renderMarkdown(new TextDecoder().decode(bytes));
  const tag = html.match(/<(script|iframe|object|svg)|<[^>]+\s(on\w+|style)=|href="(?!https?:|mailto:|#)/i);
  if (tag) throw new Error(`HTML that runs: ${tag[0]}`);
}

/** Each sentence that a refusal says, with whether it is one for a person; undefined for what is no fault. */
export function sentencesOf(thrown: unknown): readonly string[] | undefined {
  if (!(thrown instanceof Fault) || thrown.audience !== 'person') return undefined;
  return thrown instanceof InvalidGraph ? thrown.errors.map(({ message }) => message) : [thrown.message];
}
