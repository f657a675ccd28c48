import { z } from 'zod';
import { jsonPort } from './json-port.ts';
import type { BackboneReference } from './values.ts';

/** A reference to a backbone, for stages that call one (`ctx.call`). */
export const backbone = jsonPort<BackboneReference>({
  id: 'backbone',
  title: 'Backbone',
  schema: z.object({
    stage: z.string().min(1),
    backbone: z.string().min(1),
    params: z.record(z.string(), z.unknown()),
  }),
  file: 'backbone.json',
  summary: ({ stage, backbone: name }) => `${stage} ${name}`,
});
