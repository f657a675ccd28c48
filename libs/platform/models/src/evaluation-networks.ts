import type { ModelEntry } from './model-entry.ts';

const ONNX = [{ path: 'model.onnx' }];

/**
 * The networks that published measures rest on. A person brings each: of those with `made` its makers publish weights
 * alone, so that no digest of the ONNX file can be published: the scripts of tools/export write that of the weights
 * into it. They were tried on the published architectures with random weights, never with the published ones.
 */
export const EVALUATION_NETWORKS: readonly ModelEntry[] = [
  {
    name: 'syncnet',
    title: 'SyncNet, lips and sound',
    purpose: 'evaluation',
    licence: { name: 'MIT', url: 'https://github.com/joonson/syncnet_python/blob/master/LICENSE.md' },
    source: 'https://github.com/joonson/syncnet_python (syncnet_v2.model)',
    files: [{ path: 'audio.onnx' }, { path: 'lips.onnx' }],
    network: {
      gives: 'SyncC, SyncD and offset: 1024-d embeddings of five frames and of 0.2 s of sound',
      input: 'f32 [N, 3, 5, 224, 224] BGR 0 to 255 at 25 fps; f32 [N, 1, 13, 20] MFCC at 100 Hz of 16 kHz mono',
      made: 'tools/export/syncnet.py --weights syncnet_v2.model',
      readBy: ['sync-net'],
    },
  },
  {
    name: 'i3d-kinetics-400',
    title: 'I3D, Kinetics-400',
    purpose: 'evaluation',
    licence: { name: 'Apache-2.0', url: 'https://github.com/google-deepmind/kinetics-i3d/blob/master/LICENSE' },
    source: 'https://github.com/JunyaoHu/common_metrics_on_video_quality (i3d_pretrained_400.pt)',
    files: ONNX,
    network: {
      gives: 'FVD: 400-d logits of a clip',
      input: 'f32 [N, 3, F, 224, 224] RGB -1 to 1, short side 224, centre crop, F >= 10',
      made: 'tools/export/i3d.py --weights i3d_pretrained_400.pt',
      readBy: ['fvd'],
    },
  },
  {
    name: 'inception-pool3',
    title: 'Inception of FID, pool3',
    purpose: 'evaluation',
    licence: { name: 'Apache-2.0', url: 'https://github.com/mseitzer/pytorch-fid/blob/master/LICENSE' },
    source: 'https://github.com/mseitzer/pytorch-fid (pt_inception-2015-12-05-6726825d.pth)',
    files: ONNX,
    network: {
      gives: 'FID: 2048-d features of a picture; means much from 2,048 pictures on',
      input: 'f32 [N, 3, 299, 299] RGB -1 to 1, resized bilinearly',
      made: 'tools/export/inception.py --weights pt_inception-2015-12-05-6726825d.pth',
      readBy: ['fid'],
    },
  },
  {
    name: 'arcface',
    title: 'ArcFace, ResNet-50, WebFace600K',
    purpose: 'evaluation',
    licence: {
      name: 'InsightFace models, non-commercial research only',
      url: 'https://github.com/deepinsight/insightface#license',
    },
    source: 'https://github.com/deepinsight/insightface/tree/master/model_zoo (of buffalo_l)',
    files: [{ path: 'w600k_r50.onnx' }],
    network: {
      gives: 'CSIM: 512-d embedding of a face',
      input: 'f32 [N, 3, 112, 112] RGB -1 to 1, aligned by five points of the face',
      readBy: ['csim'],
    },
  },
  {
    name: 'dwpose',
    title: 'DWPose-l 384x288, whole body, with its detector',
    purpose: 'evaluation',
    licence: { name: 'Apache-2.0', url: 'https://github.com/IDEA-Research/DWPose' },
    source: 'https://huggingface.co/yzd-v/DWPose',
    files: [{ path: 'dw-ll_ucoco_384.onnx' }, { path: 'yolox_l.onnx' }],
    network: {
      gives: 'HKC, Acc. Err: 133 points of body, face and both hands with their confidences',
      input: 'f32 [N, 3, 384, 288] of a person, by mean and deviation of ImageNet; the detector f32 [1, 3, 640, 640]',
      readBy: ['hkc', 'acc-err:dwpose'],
    },
  },
  {
    name: 'pips2',
    title: 'PIPs++, tracks of points',
    purpose: 'evaluation',
    licence: { name: 'as its repository says', url: 'https://github.com/aharley/pips2' },
    source: 'https://github.com/ljh0v0/FVMD-frechet-video-motion-distance (release pips2_weights; of aharley/pips2)',
    files: ONNX,
    network: {
      gives: 'FVMD: tracks of a grid of 20x20 points over 16 frames',
      input: 'f32 [1, 16, 400, 2] x, y where the tracks begin, pixels; f32 [1, 16, 3, 256, 256] RGB 0 to 255',
      made: 'tools/export/pips2.py --weights pips2_weights.pth --checkout FVMD-frechet-video-motion-distance',
      readBy: ['fvmd'],
    },
  },
  {
    name: 'cotracker3',
    title: 'CoTracker3, tracks of points',
    purpose: 'evaluation',
    licence: { name: 'CC BY-NC 4.0', url: 'https://github.com/facebookresearch/co-tracker#license' },
    source: 'https://github.com/facebookresearch/co-tracker (scaled_offline.pth)',
    files: ONNX,
    network: {
      gives: 'tracks of points and whether they are seen; in the place of PIPs++ a figure is not the published FVMD',
      input: 'f32 [1, F, 3, H, W] RGB 0 to 255; f32 [1, N, 3] frame, x, y of each point',
      made: 'torch.onnx.export of the offline model, the number of its iterations fixed',
      readBy: ['fvmd:cotracker3'],
    },
  },
  {
    name: 'lpips-alex',
    title: 'LPIPS 0.1, AlexNet',
    purpose: 'evaluation',
    licence: { name: 'BSD-2-Clause', url: 'https://github.com/richzhang/PerceptualSimilarity/blob/master/LICENSE' },
    source: 'https://github.com/richzhang/PerceptualSimilarity (pip install lpips)',
    files: ONNX,
    network: {
      gives: 'LPIPS: distance of two pictures',
      input: 'twice f32 [N, 3, H, W] RGB -1 to 1',
      made: 'tools/export/lpips.py --trunk alexnet-owt-7be5be79.pth --linear alex.pth',
      readBy: ['lpips'],
    },
  },
  {
    name: 'q-align',
    title: 'Q-Align, OneAlign',
    purpose: 'evaluation',
    licence: {
      name: 'MIT for the weights; the code has terms of its own',
      url: 'https://huggingface.co/q-future/one-align',
    },
    source: 'https://huggingface.co/q-future/one-align (all files; the names of its weights are not checked)',
    files: [{ path: 'config.json' }, { path: 'preprocessor_config.json' }, { path: 'tokenizer.model' }],
    network: {
      gives: 'IQA and ASE, 1 to 5: softmax over excellent, good, fair, poor, bad, weighted 5 to 1',
      input: 'RGB pictures; no ONNX: checkouts.q-align runs it in PyTorch, as tools/export/q_align.py does',
      readBy: ['quality-scores'],
    },
  },
];
