import type { AudioSample } from 'mediabunny';

/** Makes numbers from −1 to 1 of a decoder's own. */
const SCALES = {
  u8: { kind: Uint8Array, scale: 1 / 128, zero: 128 },
  s16: { kind: Int16Array, scale: 1 / 32768, zero: 0 },
  s32: { kind: Int32Array, scale: 1 / 2147483648, zero: 0 },
  f32: { kind: Float32Array, scale: 1, zero: 0 },
} as const;

/**
 * Channels averaged, f32 [frames]. Read in the decoder's own format and converted here: the codec package's `copyTo`
 * gives another format's bytes unconverted.
 */
export function mixDown(sample: AudioSample): Float32Array {
  const { format, numberOfFrames, numberOfChannels } = sample;
  const planar = format.endsWith('-planar');
  const { kind, scale, zero } = SCALES[(planar ? format.slice(0, -'-planar'.length) : format) as keyof typeof SCALES];
  const mono = new Float32Array(numberOfFrames);
  for (let plane = 0; plane < (planar ? numberOfChannels : 1); plane++) {
    const bytes = new Uint8Array(sample.allocationSize({ planeIndex: plane, format }));
    sample.copyTo(bytes, { planeIndex: plane, format });
    const values = new kind(bytes.buffer);
    const stride = planar ? 1 : numberOfChannels;
    for (let channel = 0; channel < stride; channel++) {
      for (let i = 0; i < numberOfFrames; i++)
        mono[i] += ((values[i * stride + channel] - zero) * scale) / numberOfChannels;
    }
  }
  return mono;
}
