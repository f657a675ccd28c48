import type { AudioSample } from 'mediabunny';
import type { ChannelSums } from './channel-sums.ts';

/** Makes numbers from −1 to 1 of a decoder's own. */
const SCALES = {
  u8: { kind: Uint8Array, scale: 1 / 128, zero: 128 },
  s16: { kind: Int16Array, scale: 1 / 32768, zero: 0 },
  s32: { kind: Int32Array, scale: 1 / 2147483648, zero: 0 },
  f32: { kind: Float32Array, scale: 1, zero: 0 },
} as const;

/**
 * Channels averaged, or one of them, f32 [frames]. Read in the decoder's own format and converted here: the codec
 * package's `copyTo` gives another format's bytes unconverted.
 *
 * @param only number of the channel, from 0; all of them where it is left out
 * @param sums is told every value, where there are several channels
 */
export function mixDown(sample: AudioSample, only?: number, sums?: ChannelSums): Float32Array {
  const { numberOfFrames, numberOfChannels } = sample;
  const read = channelReaders(sample);
  const mono = new Float32Array(numberOfFrames);
  if (only !== undefined) {
    for (let i = 0; i < numberOfFrames; i++) mono[i] = read[only](i);
    return mono;
  }
  for (let channel = 0; channel < numberOfChannels; channel++)
    for (let i = 0; i < numberOfFrames; i++) mono[i] += read[channel](i) / numberOfChannels;
  if (sums && numberOfChannels > 1)
    for (let i = 0; i < numberOfFrames; i++) {
      for (let channel = 0; channel < numberOfChannels; channel++) sums.add(channel, read[channel](i));
      sums.add(numberOfChannels, mono[i]);
    }
  return mono;
}

/** For each channel a function from frame to its value, −1 … 1. */
function channelReaders(sample: AudioSample): ((frame: number) => number)[] {
  const { format, numberOfChannels } = sample;
  const planar = format.endsWith('-planar');
  const { kind, scale, zero } = SCALES[(planar ? format.slice(0, -'-planar'.length) : format) as keyof typeof SCALES];
  const planes = Array.from({ length: planar ? numberOfChannels : 1 }, (_, planeIndex) => {
    const bytes = new Uint8Array(sample.allocationSize({ planeIndex, format }));
    sample.copyTo(bytes, { planeIndex, format });
    return new kind(bytes.buffer);
  });
  return Array.from({ length: numberOfChannels }, (_, channel) => {
    const values = planes[planar ? channel : 0];
    const [stride, first] = planar ? [1, 0] : [numberOfChannels, channel];
    return (frame) => (values[frame * stride + first] - zero) * scale;
  });
}
