import { readFile } from 'node:fs/promises';
import { encodeMp4, videoFromFrames } from '@soliloquy/media';
import { gaussians } from '@soliloquy/ports';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { paintedPerson, WHOLE_PERSON } from '@soliloquy/testing';
import { encodeOnnx } from '../../libs/platform/tensor/src/onnx-proto.ts';

/** Files to begin with that are made here: no fixture of the repository is one. */

const ROOT = new URL('../../', import.meta.url);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One with sound and one without. */
export async function films(): Promise<Uint8Array[]> {
  const header = { width: 64, height: 48, fps: 25, frames: 5 };
  const audio = { sampleRate: 16000, samples: Float32Array.from({ length: 3200 }, (_, at) => Math.sin(at / 6) / 2) };
  function* frames(from: number, to: number): Generator<Uint8ClampedArray> {
    for (let at = from; at < to; at += 1)
      yield Uint8ClampedArray.from({ length: 64 * 48 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * (at + 3)) % 251));
  }
  return Promise.all([
    encodeMp4(videoFromFrames({ ...header, audio }, frames), { comment: 'a comment' }),
    encodeMp4(videoFromFrames(header, frames), { quality: 'intermediate' }),
  ]);
}

/** With losses, without, and with alpha, a profile and EXIF. */
export async function webps(): Promise<Uint8Array[]> {
  const { default: sharp } = await import('sharp');
  const pixels = Uint8Array.from({ length: 48 * 32 * 4 }, (_, at) => (at * 7) % 256);
  const picture = sharp(pixels, { raw: { width: 48, height: 32, channels: 4 } });
  return Promise.all([
    picture.clone().removeAlpha().webp({ quality: 60 }).toBuffer(),
    picture.clone().webp({ lossless: true }).toBuffer(),
    picture
      .clone()
      .webp({ quality: 60 })
      .withIccProfile('p3')
      .withExif({ IFD0: { Copyright: 'one' } })
      .toBuffer(),
  ]);
}

export async function tensors(): Promise<Uint8Array[]> {
  const count = 5;
  const camera = {
    width: 32,
    height: 48,
    fx: 40,
    fy: 40,
    cx: 16,
    cy: 24,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
  const floats = (length: number): Float32Array => Float32Array.from({ length }, (_, at) => Math.sin(at));
  const cloud = {
    count,
    means: floats(3 * count),
    quats: floats(4 * count),
    logScales: floats(3 * count),
    opacityLogits: floats(count),
    colors: floats(3 * count).map(Math.abs),
    regions: new Uint8Array(count),
    camera,
  };
  return [
    (await gaussians.encode(cloud))['gaussians.safetensors'],
    encodeSafetensors({
      half: { shape: [2, 2], data: new Uint16Array(4) },
      whole: { shape: [3], data: new BigInt64Array(3) },
      none: { shape: [0], data: new Float32Array() },
    }),
  ];
}

/** A network with a loop in it. */
export async function networks(): Promise<Uint8Array[]> {
  const value = { name: 'x', dtype: 'float32', shape: [2, 3] } as const;
  const body = {
    opset: 18,
    nodes: [
      { op: 'Add', inputs: ['x', 'w'], outputs: ['y'], attributes: { axis: 1, list: [1, 2], f: { float: 0.5 } } },
    ],
    initializers: [{ name: 'w', dtype: 'float32', shape: [2, 3], bytes: new Uint8Array(24).fill(1) }],
    inputs: [value],
    outputs: [{ ...value, name: 'y' }],
    metadata: { kind: 'motion', note: 'é' },
  } as const;
  const loop = { op: 'Loop', inputs: ['x'], outputs: ['y'], attributes: { body: { graph: body } } } as const;
  return [encodeOnnx(body), encodeOnnx({ ...body, nodes: [loop] })];
}

export async function landmarks(): Promise<Uint8Array[]> {
  return [utf8(JSON.stringify(paintedPerson(WHOLE_PERSON).landmarks))];
}

/** A record as a run leaves it. */
export async function runs(): Promise<Uint8Array[]> {
  const graph = JSON.parse(await readFile(new URL('graphs/quickstart.json', ROOT), 'utf8')) as { name: string };
  const digest = 'a'.repeat(64);
  const record = {
    format: 1,
    run: '20261130-021325-abcdef',
    resumed: false,
    status: 'done',
    name: graph.name,
    size: 'tiny',
    seed: 1,
    set: { 'fit.steps': '40' },
    inputs: { line: { type: 'text', digest, given: 'Hello.' } },
    versions: { soliloquy: '0.1.0' },
    devices: { class: 'cpu/x64', platform: 'linux', cpu: 'one', threads: 2, memoryBytes: 2 ** 33 },
    startedAt: '2026-11-30T02:13:25.000Z',
    seconds: 1.5,
    executed: 1,
    cached: 1,
    peakBytesAtMost: 1e9,
    nodes: {},
    outputs: { 'film.mp4': { digest, file: 'video.mp4', from: 'film.video' } },
    files: { 'film.mp4': digest },
    formerOutputs: [],
    expectations: [
      {
        element: { clip: 0 },
        metric: 'fit.psnr',
        comparison: 'atLeast',
        bound: 30,
        actual: 32,
        holds: true,
        message: 'm',
      },
    ],
    failures: [],
    tasks: [{ task: 'fit[0]', key: digest, cached: false, seed: 3, seconds: 1, outputs: { motion: digest } }],
    graph,
  };
  return [utf8(JSON.stringify(record))];
}

/** What people write into cells, and what the preset says. */
export async function cells(): Promise<Uint8Array[]> {
  const { cells: preset } = JSON.parse(await readFile(new URL('graphs/quickstart.json', ROOT), 'utf8')) as {
    cells?: { markdown?: string }[];
  };
  return [
    ...(preset ?? []).flatMap(({ markdown }) => (markdown === undefined ? [] : [utf8(markdown)])),
    utf8(
      '# A\n\n- one\n- [two](https://x.example "t")\n\n| a | b |\n|---|:-:|\n| 1 | `2` |\n\n> **q** _r_ ~~s~~ <b>t</b>',
    ),
    utf8('![p](data:image/png;base64,AAAA) [x][1] &amp; \\* <https://y.example>\n\n[1]: #z\n\n```js\nlet a;\n```\n'),
  ];
}
