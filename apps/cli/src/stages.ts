import { alignmentStage, motionDecodeStage } from '@soliloquy/alignment';
import { attributeSamplerStage } from '@soliloquy/attribute-sampler';
import { avatarExportStage, avatarOpenStage } from '@soliloquy/avatar';
import { canonicalGaussiansStage } from '@soliloquy/canonical-gaussians';
import { deformationFitStage } from '@soliloquy/deformation-fit';
import {
  evaluationStage,
  filmSetStage,
  motionSetStage,
  qualityScoresStage,
  reportStage,
  statisticsStage,
} from '@soliloquy/evaluation';
import { footageStage } from '@soliloquy/footage';
import { flowReadingStage, latentFlowTrainingStage } from '@soliloquy/latent-flow-training';
import { motionSamplingStage, motionTrainingStage } from '@soliloquy/motion-diffusion';
import { motionPriorStage } from '@soliloquy/motion-prior';
import { phoneEncoderTrainingStage } from '@soliloquy/phone-encoder';
import { disaggregatedEvaluationStage, watermarkStage } from '@soliloquy/provenance';
import { referenceStage } from '@soliloquy/reference';
import { scoreDistillationStage } from '@soliloquy/score-distillation';
import { splatRendererStage } from '@soliloquy/splat-renderer';
import { textToImageStage } from '@soliloquy/text-to-image';
import { corpusStage, phoneCorpusStage, textToSpeechStage, voiceClipsStage } from '@soliloquy/text-to-speech';
import { trackingStage } from '@soliloquy/tracking';
import { videoDiffusionStage } from '@soliloquy/video-diffusion';

/**
 * Every stage that is installed, as runner and workers look them up. Definitions only: the code of a backbone is loaded
 * when a task of it runs.
 */
export const stages = [
  attributeSamplerStage,
  textToImageStage,
  referenceStage,
  corpusStage,
  textToSpeechStage,
  voiceClipsStage,
  phoneCorpusStage,
  phoneEncoderTrainingStage,
  videoDiffusionStage,
  footageStage,
  trackingStage,
  flowReadingStage,
  latentFlowTrainingStage,
  canonicalGaussiansStage,
  deformationFitStage,
  alignmentStage,
  motionDecodeStage,
  motionTrainingStage,
  scoreDistillationStage,
  motionSamplingStage,
  motionPriorStage,
  splatRendererStage,
  disaggregatedEvaluationStage,
  watermarkStage,
  avatarExportStage,
  avatarOpenStage,
  evaluationStage,
  filmSetStage,
  motionSetStage,
  qualityScoresStage,
  statisticsStage,
  reportStage,
];
