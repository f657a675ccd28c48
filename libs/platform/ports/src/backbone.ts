import { z } from 'zod';
import { jsonPort } from './json-port.ts';

/** Reference to a backbone with its parameters, to be called as a task of its own (`ctx.call`). */
export interface BackboneReference {
  readonly stage: string;
  readonly backbone: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A reference to a backbone, for stages that call one (`ctx.call`). */
export const backbone = jsonPort<BackboneReference>({
  id: 'backbone',
  title: 'Backbone',
  hue: 265,
  schema: z.object({
    stage: z.string().min(1).describe('id of the stage'),
    backbone: z.string().min(1).describe('name of the backbone'),
    params: z.record(z.string(), z.unknown()).describe('its params by name'),
  }),
  file: 'backbone.json',
  summary: ({ stage, backbone: name }) => `${stage} ${name}`,
});
