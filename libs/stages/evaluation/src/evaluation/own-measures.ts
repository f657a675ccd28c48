import type { Measure } from '@soliloquy/stage';
import { poseAccelerationError } from './measures/acceleration-error-dwpose.ts';
import { trackedAccelerationError } from './measures/acceleration-error-mediapipe.ts';
import { particleAccelerationError } from './measures/acceleration-error.ts';
import { arms } from './measures/arms-mediapipe.ts';
import { beats } from './measures/beat-alignment.ts';
import { blinks } from './measures/blinks-mediapipe.ts';
import { faceSimilarity } from './measures/csim.ts';
import { fingerChange } from './measures/finger-change-mediapipe.ts';
import { fingerLength } from './measures/finger-length-mediapipe.ts';
import { handKeypointConfidence } from './measures/hand-confidence.ts';
import { handPresence } from './measures/hand-presence-mediapipe.ts';
import { headMotion } from './measures/head-mediapipe.ts';
import { identity } from './measures/identity-dlib.ts';
import { lidGap } from './measures/lid-gap-mediapipe.ts';
import { lipLikeness } from './measures/lip-likeness-mediapipe.ts';
import { lipMotion } from './measures/lip-motion-mediapipe.ts';
import { lpips } from './measures/lpips.ts';
import { psnr } from './measures/psnr.ts';
import { sharpnessOfParts } from './measures/sharpness-parts.ts';
import { sharpness } from './measures/sharpness.ts';
import { specks } from './measures/specks.ts';
import { ssim } from './measures/ssim.ts';
import { syncEnvelopeLag } from './measures/sync-envelope-lag.ts';
import { syncEnvelope } from './measures/sync-envelope.ts';
import { syncMediapipeLag } from './measures/sync-mediapipe-lag.ts';
import { syncMediapipe } from './measures/sync-mediapipe.ts';
import { syncNet } from './measures/sync-net.ts';
import { variance } from './measures/variance.ts';

/** The measures that come with `evaluation`, in the order in which they run. A new one is listed here. */
export const ownMeasures: readonly Measure[] = [
  sharpness,
  sharpnessOfParts,
  specks,
  psnr,
  ssim,
  particleAccelerationError,
  variance,
  syncEnvelope,
  syncEnvelopeLag,
  syncMediapipe,
  syncMediapipeLag,
  lipMotion,
  lipLikeness,
  blinks,
  lidGap,
  headMotion,
  handPresence,
  fingerLength,
  fingerChange,
  arms,
  beats,
  trackedAccelerationError,
  identity,
  syncNet,
  faceSimilarity,
  lpips,
  handKeypointConfidence,
  poseAccelerationError,
];
