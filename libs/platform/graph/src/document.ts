import { z } from 'zod';

/** Names of nodes, inputs, ports and sizes: no dot, so that `node.port` reads one way only. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
/** A file in the output folder: a graph is untrusted, so no folders and no leading dot. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const EDGE = /^\s*[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)?\s*->\s*[A-Za-z][\w-]*\.[A-Za-z][\w-]*\s*$/;

const name = z.string().regex(NAME, { error: 'a name of letters, digits, - and _ that begins with a letter' });
const portReference = z.string().regex(/^[A-Za-z][\w-]*\.[A-Za-z][\w-]*$/, { error: 'a reference "node.port"' });
const metricReference = z.string().regex(/^[A-Za-z][\w-]*\..+$/, { error: 'a reference "node.metric"' });
const json = z.json();

const inputSchema = z.strictObject({
  type: z.string().describe('Port type, e.g. text, image, file.'),
  default: z.string().optional().describe('The text itself, or for other types a path relative to the graph file.'),
  optional: z.boolean().optional().describe('May be left out: what it feeds sees nothing connected.'),
  description: z.string().optional(),
});

const nodeSchema = z.strictObject({
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]*@[1-9][0-9]*$/, { error: 'a stage with its version, e.g. "splat-renderer@1"' })
    .describe('Stage and version, e.g. splat-renderer@1.'),
  backbone: z.string().optional().describe("Which implementation; the stage's default when left out."),
  params: z.record(name, json).optional().describe('What differs from the defaults.'),
  skip: z
    .enum(['bypass', 'mute'])
    .optional()
    .describe('bypass: what comes in goes on as it is, where types agree; mute: it and what needs it is left out.'),
});

const bound = z.union([z.number(), metricReference]);
const expectationSchema = z
  .strictObject({
    metric: metricReference.describe('A node and a name in its metrics, e.g. fit.psnr.'),
    atLeast: bound.optional(),
    atMost: bound.optional(),
    sizes: z.array(name).optional().describe('Sizes that it holds for; all when left out.'),
    why: z.string().optional(),
  })
  .refine((value) => value.atLeast !== undefined || value.atMost !== undefined, {
    error: 'atLeast or atMost, a number or "node.metric"',
  });

const cellSchema = z.union([z.strictObject({ markdown: z.string() }), z.strictObject({ show: portReference })]);

const point = z.tuple([z.number(), z.number()]);
const groupSchema = z.strictObject({ title: z.string(), nodes: z.array(name) });
const commentSchema = z.strictObject({
  text: z.string(),
  at: point,
  size: point.optional().describe('Width and height, pixels.'),
});
/** A node by its name, or an input of the graph as `inputs.line`: both may have one name. */
const placed = z
  .string()
  .regex(/^(inputs\.)?[A-Za-z][A-Za-z0-9_-]*$/, { error: 'the name of a node, or "inputs." and that of an input' });

/** The document as it is written: everything but `format`, `name` and `nodes` may be left out. */
export const graphSchema = z.strictObject({
  $schema: z.string().optional(),
  format: z.literal(1),
  name: z.string().regex(FILE_NAME, { error: 'a name that can be a folder: letters, digits, . - and _' }),
  description: z.string().optional(),
  seed: z.int().min(0).max(0xffffffff).default(0).describe('Of all randomness.'),
  size: name.default('small').describe('Which of the sizes a run takes when not told otherwise.'),
  inputs: z.record(name, inputSchema).default({}),
  nodes: z.record(name, nodeSchema),
  edges: z
    .array(z.string().regex(EDGE, { error: 'an edge "node.output -> node.input" or "input -> node.input"' }))
    .default([]),
  outputs: z
    .record(z.string().regex(FILE_NAME, { error: 'a file name: letters, digits, . - and _' }), portReference)
    .default({})
    .describe('Files of the output folder and the ports whose value they hold.'),
  sizes: z
    .record(name, z.record(portReference, json))
    .default({})
    .describe('By size, params that differ: "node.param": value.'),
  expect: z.array(expectationSchema).default([]).describe('What the metrics of a run must hold; else it exits 3.'),
  cells: z.array(cellSchema).default([]).describe('The notebook page.'),
  groups: z.array(groupSchema).default([]).describe('Nodes that belong together, for the eye. Means nothing.'),
  comments: z.array(commentSchema).default([]).describe('Notes on the canvas. Mean nothing.'),
  layout: z
    .record(placed, point)
    .default({})
    .describe('Where nodes and, as "inputs.name", inputs lie on the canvas, pixels. Means nothing.'),
});

/** A graph: stages by name with their params, joined port to port. */
export type GraphDocument = z.infer<typeof graphSchema>;
export type GraphNode = z.infer<typeof nodeSchema>;
export type GraphInput = z.infer<typeof inputSchema>;
export type Expectation = z.infer<typeof expectationSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type Group = z.infer<typeof groupSchema>;
export type Comment = z.infer<typeof commentSchema>;
/** A value that JSON can hold. */
export type Json = z.infer<typeof json>;
