import { attributeSamplerStage } from '@soliloquy/attribute-sampler';
import { canonicalGaussiansStage } from '@soliloquy/canonical-gaussians';
import { deformationFitStage } from '@soliloquy/deformation-fit';
import { splatRendererStage } from '@soliloquy/splat-renderer';

/** Every stage that is installed, as runner and workers look them up. Definitions only: the code of a backbone is loaded when a task of it runs. */
export const stages = [attributeSamplerStage, canonicalGaussiansStage, deformationFitStage, splatRendererStage];
