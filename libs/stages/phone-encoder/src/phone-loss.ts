import { nn, numpy as np } from '@jax-js/jax';
import {
  phoneNetwork,
  STRIDE,
  type PhoneNetworkParams,
  type PhoneNetworkSize,
} from '@soliloquy/speech-features/phone-encoder';
import type { Traced } from '@soliloquy/tensor';
import type { SequenceBatch } from './training-sequences.ts';

/** Scalars, as a type for `compile`. */
export type PhoneTerms = { readonly loss: np.Array; readonly aux: { readonly accuracy: np.Array } };

/**
 * Mean over moments of −Σ p log q: cross entropy of what the network names, q, and what is said, p; beside it the
 * share of those whose likeliest phone is the one that is said.
 */
export function phoneLoss(
  size: PhoneNetworkSize,
): (params: Traced<PhoneNetworkParams>, batch: Traced<SequenceBatch>) => PhoneTerms {
  return (params, { heard, phones }) => {
    const { code, logits } = phoneNetwork(params, heard, size, STRIDE);
    code.dispose();
    const named = nn.logSoftmax(logits, -1);
    const [batch, hops] = named.shape;
    const loss = named.ref
      .mul(phones.ref)
      .sum()
      .mul(-1 / (batch * hops));
    const isRight = np.equal(np.argmax(named, -1), np.argmax(phones, -1));
    return { loss, aux: { accuracy: isRight.astype(np.float32).mean() } };
  };
}
