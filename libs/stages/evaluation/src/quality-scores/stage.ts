import { z } from 'zod';
import { metrics, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { every } from '../evaluation/every.ts';
import { qAlignCommand } from './q-align-command.ts';

/** Figures of pictures that only a large model gives, which runs as a program of its own. */
export const qualityScoresStage = defineStage({
  id: 'quality-scores',
  version: 1,
  title: 'Quality scores',
  summary: 'Scores the frames of a film as people would: image quality and aesthetics.',
  inputs: { video: { type: video, summary: 'the film' } },
  params: z.object({ every }),
  outputs: { metrics: { type: metrics, summary: 'both scores, with their courses' } },
  backbones: {
    'q-align': {
      version: 1,
      title: 'Q-Align',
      summary: 'Runs the program `run` of checkouts.q-align, which scores a folder of frames with OneAlign.',
      params: z.object({}),
      ...qAlignCommand.backbone,
      load: (): Promise<object> => import('./backbones/q-align.ts'),
      measures: {
        metrics: {
          iqa: {
            unit: 'of 5',
            better: 'higher',
            text: 'IQA: softmax of Q-Align over excellent, good, fair, poor, bad, weighted 5 to 1; mean over frames',
            series: 'compared frames',
            version: 1,
          },
          ase: {
            unit: 'of 5',
            better: 'higher',
            text: 'ASE: the same of aesthetics',
            series: 'compared frames',
            version: 1,
          },
          'iqa/count': { text: 'frames that iqa and ase rest on', version: 1 },
        },
      },
    },
  },
  defaultBackbone: 'q-align',
});
