import { seededNormals } from '@soliloquy/random';
import { decodeSafetensors, encodeSafetensors, fromFloat16Bits, type Safetensors } from '@soliloquy/tensor/safetensors';

/**
 * A teacher whose score is known in closed form, over the protocol of score programs, without PyTorch: every number of
 * a film is normal, N(μ, s²), with μ of the picture (its mean colour) and of the voice (its loudness): a teacher that
 * is told the wrong ones pulls elsewhere. Under flow matching x_σ = (1 − σ) x + σ ε the expected clean value is
 * x̂_0 = μ + (1 − σ) s² / ((1 − σ)² s² + σ²) (x_σ − (1 − σ) μ); the answer is (x − x̂_0) / n.
 *
 *     node tools/teachers/fake-teacher.ts [nan|shape|noise|dies|silent]
 *
 * The argument makes it misbehave, for tests.
 */
const DEVIATION = 0.05;
const [mode = ''] = process.argv.slice(2);

/** By digest: what `know` said of a picture or a voice, as one number; of a prompt, 0. */
const known = new Map<string, number>();

async function main(): Promise<void> {
  if (mode === 'noise') process.stdout.write('Loading checkpoint shards: 100%\n');
  say({}, { kind: 'hello', protocol: 'soliloquy-score/1', name: 'closed form' });
  for await (const message of messages()) answer(decodeSafetensors(message));
}

function answer({ tensors, metadata }: Safetensors): void {
  if (metadata.kind === 'know') {
    const [content] = Object.values(tensors);
    known.set(metadata.digest, content === undefined ? 0 : meanOf(content.data as Float32Array | Uint8Array));
    return say({}, { kind: 'known' });
  }
  if (mode === 'silent') return;
  if (mode === 'dies') {
    console.error('RuntimeError: CUDA out of memory');
    process.exit(1);
  }
  const wanted = [metadata.picture, metadata.voice, metadata.prompt];
  const unknown = wanted.filter((digest) => !known.has(digest));
  if (unknown.length > 0) return say({}, { kind: 'unknown', digests: JSON.stringify(unknown) });
  const guidance = Number(metadata.guidance);
  if (guidance < 0) return say({}, { kind: 'refused', message: `guidance ${guidance} is below 0` });
  score({ tensors, metadata });
}

function score({ tensors, metadata }: Safetensors): void {
  const { shape, data } = tensors.pixels;
  const pixels = fromFloat16Bits(data as Uint16Array);
  const mean = meanFor(known.get(metadata.picture)!, known.get(metadata.voice)!);
  const sigma = Math.min(Number(metadata.noise), 0.999);
  const keep = 1 - sigma;
  const pull = (keep * DEVIATION ** 2) / ((keep * DEVIATION) ** 2 + sigma ** 2);
  const noise = seededNormals(pixels.length, Number(metadata.seed));
  const gradient = Float32Array.from(pixels, (x, i) => {
    const noisy = keep * x + sigma * noise[i];
    return (x - (mean + pull * (noisy - keep * mean))) / pixels.length;
  });
  const distance = gradient.reduce((sum, g) => sum + (g * pixels.length) ** 2, 0) / pixels.length;
  if (mode === 'nan') gradient[3] = NaN;
  const [frames, ...rest] = shape;
  const given = mode === 'shape' ? [frames * 2, ...rest] : shape;
  const made = mode === 'shape' ? new Float32Array(2 * gradient.length) : gradient;
  say({ gradient: { shape: given, data: made } }, { kind: 'scored', distance: String(distance) });
}

/** Of a picture's mean, 0 … 255, and a voice's. */
function meanFor(picture: number, voice: number): number {
  return 0.2 + (0.4 * picture) / 255 + 0.5 * voice;
}

/** Mean size: of a picture its mean level, of a voice how loud it is. */
function meanOf(values: Float32Array | Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum / Math.max(1, values.length);
}

function say(tensors: Parameters<typeof encodeSafetensors>[0], metadata: Record<string, string>): void {
  const message = encodeSafetensors(tensors, metadata);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(message.byteLength));
  process.stdout.write(length);
  process.stdout.write(message);
}

async function* messages(): AsyncGenerator<Uint8Array> {
  let bytes = Buffer.alloc(0);
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, part]);
    while (bytes.length >= 8) {
      const length = Number(bytes.readBigUInt64LE());
      if (bytes.length < 8 + length) break;
      yield new Uint8Array(bytes.subarray(8, 8 + length));
      bytes = bytes.subarray(8 + length);
    }
  }
}

await main();
