import { z } from 'zod';
import { model, type ValueOf } from '@soliloquy/ports';
import { CHUNK_HOPS } from './chunk.ts';

/** A phone encoder: what `packPhoneEncoder` makes and `openPhoneEncoder` reads. */
export const phoneEncoder = model('phone-encoder', {
  card: z.looseObject({
    /** ms of sound after the centre of a frame that what it is told hears */
    lookAhead: z.number().min(0).max(1000),
    /** hops that the network takes before those it tells of */
    before: z.int().min(0).max(10_000),
    chunk: z.literal(CHUNK_HOPS),
    /** of the code */
    code: z.int().min(1),
  }),
  files: { 'encoder.onnx': { inputs: ['heard'], outputs: ['code', 'logits'] } },
});

export type PackedPhoneEncoder = ValueOf<typeof phoneEncoder>;
