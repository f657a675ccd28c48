import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORK_NAMES, type NetworkName } from '../src/network-table.ts';
import { Networks } from '../src/networks.ts';
import golden from './golden/networks.json' with { type: 'json' };
import { networkInput, sampled } from './network-inputs.ts';

/**
 * Largest differences to the independent engines (`golden/make-networks.ts`): about four times what is seen. Points are
 * in pixels of the crop, masks of the body in logits, of which 0.01 is at most 0.0025 of coverage.
 */
const TOLERANCES: Readonly<Record<NetworkName, Readonly<Record<string, number>>>> = {
  'pose-detection': { Identity: 0.002, Identity_1: 0.001 },
  'pose-landmarks-heavy': { Identity: 0.02, Identity_1: 1e-6, Identity_2: 0.01, Identity_3: 0.003, Identity_4: 1e-4 },
  'pose-landmarks-full': { Identity: 0.004, Identity_1: 2e-6, Identity_3: 3e-4, Identity_4: 1e-4 },
  'face-detection': { regressors: 2e-4, classificators: 1e-3 },
  'face-landmarks': {
    output_mesh_identity: 5e-4,
    output_lips: 5e-4,
    output_left_eye: 5e-4,
    output_right_eye: 5e-4,
    output_left_iris: 5e-4,
    output_right_iris: 5e-4,
    conv_faceflag: 1e-4,
  },
  'hand-recrop': { output_crop: 5e-4 },
  'hand-landmarks': { Identity: 1e-3, Identity_1: 2e-6, Identity_2: 1e-5, Identity_3: 2e-6 },
  'palm-detection': { Identity: 5e-4, Identity_1: 2e-4 },
  'selfie-segmentation': { activation_10: 1e-5 },
  'face-identity': { embedding: 1e-6 },
};

describe('a converted network gives what independent engines give for the same crop', () => {
  let folder: string;
  let networks: Networks;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'networks-'));
    networks = new Networks({ folder });
  });
  afterAll(async () => {
    await networks.dispose();
    await rm(folder, { recursive: true });
  });

  it.each(NETWORK_NAMES)('%s', async (name) => {
    const outputs = await networks.run(name, (await networkInput(name)).input);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(TOLERANCES[name]).sort());
    for (const [output, tolerance] of Object.entries(TOLERANCES[name])) {
      const expected = (golden as Record<string, number[]>)[`${name} ${output}`];
      const got = sampled(outputs[output]);
      const worst = Math.max(...expected.map((value, i) => Math.abs(value - got[i])));
      expect(worst, output).toBeLessThan(tolerance);
    }
  });
});
