import { z } from 'zod';
import { audio, camera, deformation, gaussians, image, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const splatRendererStage = defineStage({
  id: 'splat-renderer',
  version: 1,
  title: 'Splat renderer',
  summary: 'Draws the deformed Gaussians over the background, frame by frame, with the voice.',
  inputs: {
    gaussians: { type: gaussians, summary: 'the person at rest' },
    deformation: { type: deformation, summary: 'ΔG_t of every frame' },
    background: { type: image, summary: 'what is behind the person' },
    audio: { type: audio, summary: 'the voice that goes into the film', optional: true },
    camera: { type: camera, summary: "from where; the picture's own view when not connected", optional: true },
  },
  params: z.object({
    area: z
      .int()
      .min(4096)
      .max(8_388_608)
      .default(393_216)
      .describe("Pixels of the film; its aspect is the camera's")
      .meta({ unit: 'pixels' }),
  }),
  outputs: { video: { type: video, summary: 'the film, with the voice' } },
  backbones: {
    rasteriser: {
      version: 1,
      title: 'Rasteriser',
      summary: "The differentiable rasteriser's forward pass, in WebAssembly or WebGPU.",
      params: z.object({}),
      lacks: { video: ['matte'] },
      threads: 'all',
      onWebGpu: true,
      load: () => import('./backbones/rasteriser.ts'),
    },
  },
  defaultBackbone: 'rasteriser',
});
