import { z } from 'zod';
import { ModelFault } from './model-fault.ts';

/** What a model can be for. */
export const PURPOSES = ['text-to-image', 'text-to-speech', 'video-diffusion', 'evaluation', 'other'] as const;

/** kebab-case, and dots as in versions: what a graph and a configuration call a model. Never a path. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]*$/;

/** A path within a model's folder: plain names, no way out of it. */
const WITHIN = /^(?!\.)[\w+@-][\w.+@-]*(\/(?!\.)[\w+@-][\w.+@-]*)*$/;

/** How a published file is known: its sha256, or its MD5 where its maker publishes nothing better. */
const DIGEST = /^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$/;

/** One file of a model. */
export const modelFile = z.strictObject({
  path: z.string().regex(WITHIN, 'expected a path in the folder of the model'),
  at: z.string().regex(WITHIN).optional().describe('Its path at a host, where it is another.'),
  bytes: z.int().min(0).optional(),
  digest: z.string().regex(DIGEST, 'expected sha256:… or md5:…').optional(),
});

/** What a network is there for, and how a person comes by its files. */
const modelNetwork = z.strictObject({
  gives: z.string().min(1).describe('The figures it is for, and what comes out of it.'),
  input: z.string().min(1).describe('What goes in: dtype, shape, order and range.'),
  made: z.string().min(1).optional().describe('How its files are made of what is published, where they are not it.'),
  readBy: z.array(z.string().min(1)).min(1).optional().describe('Measures that read it; none where it is left out.'),
});

/** One model, as the registry knows it. */
export const modelEntry = z.strictObject({
  name: z.string().regex(MODEL_NAME, 'expected kebab-case'),
  title: z.string().min(1),
  purpose: z.enum(PURPOSES),
  licence: z.strictObject({
    name: z.string().min(1),
    url: z.string().min(1).describe('Where its terms can be read.'),
  }),
  source: z.string().min(1).describe('Where its makers publish it, for a person to look at.'),
  files: z.array(modelFile).min(1),
  network: modelNetwork.optional(),
});

export type ModelFile = z.infer<typeof modelFile>;
export type ModelEntry = z.infer<typeof modelEntry>;

/** Whether all of a model can be checked: then it may be fetched. */
export function isFetchable(entry: ModelEntry): boolean {
  return entry.files.every(({ bytes, digest }) => bytes !== undefined && digest !== undefined);
}

/** `model.onnx, config.json and 3 more` */
function filesText({ files }: ModelEntry): string {
  const shown = files.slice(0, SHOWN).map(({ path }) => path);
  const rest = files.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more (soliloquy models list --json says which)` : ''}`;
}

const SHOWN = 4;

/**
 * How a person brings a model: `put model.onnx, config.json from https://… into …`, or `make model.onnx in … of …`
 * where its files are not what is published. Of an unknown one, its files.
 */
export function byHand(folder: string, entry?: ModelEntry): string {
  if (entry === undefined) return `put its files into ${folder}`;
  const { source, network } = entry;
  if (network?.made === undefined) return `put ${filesText(entry)} from ${source} into ${folder}`;
  return `make ${filesText(entry)} in ${folder} of ${source} by ${network.made}`;
}

/**
 * @param folder where it would be
 * @throws ModelFault `model.no-digest` where it cannot be checked, and so not be fetched
 */
export function proveFetchable(entry: ModelEntry, folder: string): void {
  if (isFetchable(entry)) return;
  throw new ModelFault({
    code: 'model.no-digest',
    where: `model ${entry.name}`,
    expected: 'published digests to check it by',
    got: 'none',
    remedy: byHand(folder, entry),
  });
}

/**
 * What a network is for, what goes in, and whether anything reads it: one line each. Nothing of a model without.
 */
export function aboutNetwork({ network }: ModelEntry): string[] {
  if (network === undefined) return [];
  const { gives, input, readBy } = network;
  return [`gives ${gives}`, `takes ${input}`, readBy === undefined ? UNREAD : `read by ${readBy.join(', ')}`];
}

const UNREAD = 'no measure reads it yet';

/** Bytes of all files whose size is known. */
export function bytesOf(entry: ModelEntry): number {
  return entry.files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
