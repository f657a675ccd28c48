import type { Audio } from '@soliloquy/media';
import { exportOnnx, loadOnnx, type Tensor } from '@soliloquy/tensor';
import { CHUNK_HOPS } from './chunk.ts';
import { HEARD_WIDTH, heardSpectrum } from './heard-spectrum.ts';
import type { PackedPhoneEncoder } from './phone-encoder-port.ts';
import { hopsHeard, phoneNetwork, type PhoneNetworkParams, type PhoneNetworkSize } from './phone-network.ts';
import { PHONES } from './phone-set.ts';
import { hopAt, phoneNetworkOf, type PhoneNetwork } from './phone-stream.ts';

/** What training leaves behind. */
export interface PhoneEncoderContents {
  readonly params: PhoneNetworkParams;
  readonly size: PhoneNetworkSize;
  /** ms */
  readonly lookAhead: number;
  /** What else is known of it, e.g. `steps`. */
  readonly card: Readonly<Record<string, unknown>>;
}

/** The model as an artifact: one ONNX network and a card that says how to listen with it. */
export function packPhoneEncoder({ params, size, lookAhead, card }: PhoneEncoderContents): PackedPhoneEncoder {
  const before = hopsHeard(size);
  const shape = [1, before + CHUNK_HOPS, HEARD_WIDTH];
  const heard: Tensor = { shape, data: new Float32Array(shape.reduce((product, axis) => product * axis, 1)) };
  const { width, code, dilations } = size;
  return {
    kind: 'phone-encoder',
    files: {
      'encoder.onnx': exportOnnx(
        (p, inputs) => phoneNetwork(p, inputs.heard, size),
        params,
        { heard },
        {
          kind: 'phone-encoder',
          ports: {
            heard: `what is heard at each hop of 10 ms, f32 [1, ${before} + ${CHUNK_HOPS}, ${HEARD_WIDTH}]`,
            code: `f32 [1, ${CHUNK_HOPS}, ${code}] -1 … 1`,
            logits: `of the phones, f32 [1, ${CHUNK_HOPS}, ${PHONES.length}]`,
          },
        },
      ),
    },
    card: {
      ...card,
      lookAhead,
      before,
      chunk: CHUNK_HOPS,
      width,
      code,
      dilations: [...dilations],
      phones: [...PHONES],
    },
  };
}

/** What the encoder tells of each frame of a film. */
export interface HeardPhones {
  /** f32 [F, code] -1 … 1 */
  readonly code: Float32Array;
  /** f32 [F, phones], each row of sum 1 */
  readonly posteriors: Float32Array;
}

/** A phone encoder, ready to use. */
export interface PhoneEncoder {
  /** width of the code */
  readonly code: number;
  /**
   * Frame f is told what is heard at (f + 0.5) / fps, and depends on no sound after that and the look-ahead.
   *
   * @param audio mono, any rate
   * @param film  `frames` F; frames after the sound's end hear silence
   */
  hear(audio: Audio, film: { readonly fps: number; readonly frames: number }): Promise<HeardPhones>;
  /** The same, for a voice that goes on. */
  readonly network: PhoneNetwork;
  dispose(): Promise<void>;
}

/** Opens a model that `packPhoneEncoder` made. One thread: it is small, and every machine then hears the same bits. */
export async function openPhoneEncoder(model: PackedPhoneEncoder): Promise<PhoneEncoder> {
  const { lookAhead, before, code: width } = model.card;
  const network = await loadOnnx(model.files['encoder.onnx'], { threads: 1, name: 'phone-encoder' });
  return {
    code: width,
    network: phoneNetworkOf(network, model.card),
    async hear(audio, { fps, frames }) {
      const hopOf = (frame: number): number => hopAt((frame + 0.5) / fps + lookAhead / 1000);
      const chunks = Math.ceil((hopOf(frames - 1) + 1) / CHUNK_HOPS);
      const heard = heardSpectrum(audio, chunks * CHUNK_HOPS, before);
      const code = new Float32Array(frames * width);
      const posteriors = new Float32Array(frames * PHONES.length);
      let frame = 0;
      for (let chunk = 0; chunk < chunks; chunk++) {
        const from = chunk * CHUNK_HOPS;
        const length = before + CHUNK_HOPS;
        const told = await network.run({
          heard: {
            shape: [1, length, HEARD_WIDTH],
            data: heard.slice(from * HEARD_WIDTH, (from + length) * HEARD_WIDTH),
          },
        });
        for (; frame < frames && hopOf(frame) < from + CHUNK_HOPS; frame++) {
          const row = hopOf(frame) - from;
          code.set((told.code.data as Float32Array).subarray(row * width, (row + 1) * width), frame * width);
          const logits = (told.logits.data as Float32Array).subarray(row * PHONES.length, (row + 1) * PHONES.length);
          posteriors.set(softmax(logits), frame * PHONES.length);
        }
      }
      return { code, posteriors };
    },
    dispose: () => network.dispose(),
  };
}

function softmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const raw = logits.map((x) => Math.exp(x - top));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((x) => x / sum);
}
