import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';

/** LHM (Qiu et al. 2025): one picture of a person becomes Gaussians, in the pose of SMPL-X at rest. */
export const lhm = foreignSystem({
  name: 'lhm',
  title: 'LHM-1B',
  source: 'https://github.com/aigc3d/LHM',
  commit: 'b31e76aab0982e01c90bc9ebf8646c746c0ae97b',
  terms: {
    licence: {
      name: 'code Apache-2.0, weights CC BY-NC 4.0',
      url: 'https://github.com/aigc3d/LHM/blob/main/LICENSE',
    },
    accept: 'its weights, and what comes of them, for non-commercial use only',
  },
  gpuMiB: gigabytes(28),
  files: ['inference_mesh.sh', 'LHM', 'pretrained_models/human_model_files'],
  programs: ['bash', 'python'],
});
