import { describe, expect, it } from 'vitest';
import { openEars } from '@soliloquy/speech-features/hearing';
import { openLatentFlow, shippedLatentFlow } from '../src/motion/index.ts';

describe('the model that comes with Soliloquy', () => {
  it('is at most 3 MB, heard by the encoder that is here, and says what it was kept from', async () => {
    const { files, card } = await shippedLatentFlow();
    const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(3e6);
    const ears = await openEars({ hearing: 'phones', phoneEncoder: card.phoneEncoder });
    await ears.dispose();
    expect(card.heldOut).toContain('awb');
  });

  it('moves somebody for as long as they speak', async () => {
    const model = await openLatentFlow(await shippedLatentFlow(), 1);
    const frames = 30;
    const heard = new Float32Array(frames * 66);
    const speech = { frames, heard, person: new Float32Array(8), manner: model.manners.usual };
    const sampling = { steps: 2, eta: 1, guidance: 1, overlap: 40, seed: 1, step: async () => {} };
    const { tokens, appearance } = model.decode(await model.sample(speech, sampling));
    expect(tokens.every(Number.isFinite)).toBe(true);
    expect(appearance).toHaveLength(4 * frames);
    await model.dispose();
  });
});
