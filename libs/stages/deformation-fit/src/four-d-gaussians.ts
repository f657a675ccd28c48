import { foreignSystem, gigabytes } from '@soliloquy/launcher/foreign-system';

/** 4D Gaussian splatting (Wu et al. 2024): a field of space and time deforms Gaussians; a PLY for each time. */
export const fourDGaussians = foreignSystem({
  name: 'four-d-gaussians',
  title: '4DGaussians',
  source: 'https://github.com/hustvl/4DGaussians',
  commit: '843d5ac636c37e4b611242287754f3d4ed150144',
  terms: {
    licence: {
      name: 'Apache-2.0, parts of Gaussian Splatting for non-commercial use',
      url: 'https://github.com/hustvl/4DGaussians/blob/master/LICENSE.md',
    },
    accept: 'the parts by Inria and MPII, in files and submodules, for non-commercial research and evaluation only',
  },
  // Its paper measures on an RTX 3090; no smaller card is documented.
  gpuMiB: gigabytes(24),
  files: [
    'train.py',
    'export_perframe_3DGS.py',
    'arguments/dnerf/dnerf_default.py',
    'submodules/depth-diff-gaussian-rasterization',
    'submodules/simple-knn',
  ],
  programs: ['python'],
});
