import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Of the packed file: MediaPipe's geometry pipeline, a protobuf message. */
const PART = [229_032, 248_408] as const;

/** The vertices of MediaPipe's canonical face, [x, y, z] centimetres, out of its package. */
export async function canonicalFace(): Promise<(readonly [number, number, number])[]> {
  const folder = dirname(createRequire(import.meta.url).resolve('@mediapipe/holistic/package.json'));
  const packed = await readFile(join(folder, 'holistic_solution_packed_assets.data'));
  const [mesh] = fields(packed.subarray(...PART)).flatMap(({ field, bytes }) => (field === 1 && bytes ? [bytes] : []));
  // Vertices are [x, y, z, u, v].
  const values = fields(mesh).flatMap(({ field, float }) => (field === 3 && float !== undefined ? [float] : []));
  return Array.from({ length: values.length / 5 }, (_, i) => [values[5 * i], values[5 * i + 1], values[5 * i + 2]]);
}

function fields(message: Buffer): { field: number; float?: number; bytes?: Buffer }[] {
  const found: { field: number; float?: number; bytes?: Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === 5) {
      found.push({ field, float: message.readFloatLE(at) });
      at += 4;
    } else if (tag % 8 === 2) {
      const length = varint();
      found.push({ field, bytes: message.subarray(at, at + length) });
      at += length;
    } else varint();
  }
  return found;
}
