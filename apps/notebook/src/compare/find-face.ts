import { artifactSchema } from '@soliloquy/gateway/protocol';
import type { StageRegistry } from '@soliloquy/graph';
import { landmarks, type Landmarks } from '@soliloquy/ports/landmarks';
import { runRecordSchema } from '@soliloquy/runner/record';
import { lookUp } from '../document/look-up.ts';
import { get } from '../gateway/client.ts';
import { fetchJson } from '../look/fetched.ts';
import { fileUrl } from '../look/shown-value.ts';
import type { Box } from './pixel-view.svelte.ts';

/** Of the head's size, on every side. */
const AROUND = 0.25;

/**
 * Where the face is in the films of a run: by the landmarks that it found last on the way to them.
 *
 * @returns undefined where it found none
 * @throws Refused
 */
export async function findFace(run: string, registry: StageRegistry): Promise<Box | undefined> {
  const record = await get('run', runRecordSchema, { parts: { run } });
  const found = record.tasks.flatMap(({ task, outputs }) => {
    const declared = lookUp(record.graph, task.replace(/\[.*$/, ''), registry)?.stage;
    return Object.entries(outputs).flatMap(([port, made]) =>
      declared?.outputs[port]?.type.id === landmarks.id ? [made ?? []].flat() : [],
    );
  });
  const digest = found.at(-1);
  if (digest === undefined) return undefined;
  const { files } = await get('artifact', artifactSchema, { parts: { digest } });
  const file = files[0]?.name;
  const parsed =
    file === undefined ? undefined : landmarks.schema.safeParse(await fetchJson(fileUrl({ digest }, file)));
  return parsed?.success ? faceBox(parsed.data) : undefined;
}

/** The head with something around it, in shares of the picture. */
export function faceBox({ width, height, points }: Landmarks): Box {
  const head = [points.headTop, points.chin, points.leftEar, points.rightEar];
  const [left, right] = [Math.min(...head.map(({ x }) => x)), Math.max(...head.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...head.map(({ y }) => y)), Math.max(...head.map(({ y }) => y))];
  const around = AROUND * Math.max(right - left, bottom - top);
  return {
    x: (left - around) / width,
    y: (top - around) / height,
    width: (right - left + 2 * around) / width,
    height: (bottom - top + 2 * around) / height,
  };
}
