import { audio, deformation, gaussians, image, landmarks, tracks, video } from '@soliloquy/ports';
import type { InputSpec } from '@soliloquy/stage';

/** What a measure can look at: the inputs of `evaluation`. Only the film must be connected. */
export const evaluationInputs = {
  video: { type: video, summary: 'the film' },
  image: { type: image, summary: 'the picture of the person', optional: true },
  landmarks: { type: landmarks, summary: 'where its face is', optional: true },
  gaussians: { type: gaussians, summary: 'the person at rest', optional: true },
  audio: { type: audio, summary: 'the voice of the film', optional: true },
  deformation: { type: deformation, summary: 'the motion of the film', optional: true },
  truth: { type: deformation, summary: 'the motion of the true clip of the same voice', optional: true },
  reference: { type: video, summary: 'the true clip of the same voice', optional: true },
  tracks: { type: tracks, summary: 'where the person of the film is, frame by frame, by tracking', optional: true },
  truthTracks: { type: tracks, summary: 'the same of the true clip', optional: true },
  clips: {
    type: deformation,
    summary: 'the motion of the clips that were learned from',
    gathers: 'clip',
    optional: true,
  },
  voices: { type: audio, summary: 'the voices of those clips', gathers: 'clip', optional: true },
} as const satisfies Record<string, InputSpec>;
