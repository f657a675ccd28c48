import { nn, scipySpecial, type numpy as np } from '@jax-js/jax';

/** Non-linearities of the modules: exact GELU (Hendrycks and Gimpel 2016), SiLU, ReLU. */
export type Activation = 'gelu' | 'silu' | 'relu';

/** Apply a non-linearity element by element; consumes `x`. */
export function activate(activation: Activation, x: np.Array): np.Array {
  switch (activation) {
    case 'gelu': {
      const half = x.ref.mul(0.5);
      return half.ref.mul(scipySpecial.erf(x.mul(Math.SQRT1_2))).add(half);
    }
    case 'silu':
      return nn.silu(x);
    case 'relu':
      return nn.relu(x);
  }
}
