import { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import { canonicalJson } from './json-port.ts';
import { artifactFile, parseJson, parseValue } from './port-error.ts';
import type { PortType } from './port-type.ts';

/** A trained model: networks as ONNX, other tensors as safetensors, and what it is in words and figures. */
export interface Model {
  /** e.g. `aligned-space`, `motion`; checked on connection */
  readonly kind: string;
  /** `*.onnx` and `*.safetensors` */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** JSON: sizes, normalisation, training curve (`losses`: number[]), versions */
  readonly card: Readonly<Record<string, unknown>>;
}

const CARD = 'card.json';
const FILE_NAME = /^[a-z0-9][a-z0-9._-]*\.(onnx|safetensors)$/;
const cardSchema = z.object({ kind: z.string(), card: z.record(z.string(), z.unknown()) });

const known = new Map<string, PortType<Model>>();

/**
 * A trained model of one kind: ONNX and safetensors files with a card. Kinds are part of the type: `model<motion>` does
 * not connect to `model<aligned-space>`. The same kind gives the same port type.
 *
 * @param kind kebab-case
 */
export function model(kind: string): PortType<Model> {
  if (!/^[a-z][a-z0-9-]*$/.test(kind))
    throw new Fault({
      code: 'ports.argument',
      where: 'model.kind',
      expected: 'kebab-case',
      got: kind,
      remedy: 'rename it',
      audience: 'author',
    });
  const there = known.get(kind);
  if (there) return there;
  const id = `model<${kind}>`;
  const schema = z
    .object({
      kind: z.literal(kind),
      files: z.record(z.string(), z.instanceof(Uint8Array)),
      card: z.record(z.string(), z.unknown()),
    })
    .superRefine(({ files }, ctx) => {
      const strange = Object.keys(files).find((name) => !FILE_NAME.test(name));
      if (strange !== undefined)
        ctx.addIssue({
          code: 'custom',
          path: ['files'],
          message: `expected names like net.onnx or tensors.safetensors, got ${strange}; rename it`,
        });
    }) satisfies z.ZodType<Model>;
  const made: PortType<Model> = {
    id,
    title: `Model (${kind})`,
    viewer: 'json',
    hue: 205,
    schema,
    encode: async (value) => ({
      ...value.files,
      [CARD]: new TextEncoder().encode(canonicalJson({ kind: value.kind, card: value.card })),
    }),
    async decode(files) {
      const { [CARD]: _card, ...rest } = files;
      const { kind: stored, card } = parseValue(
        cardSchema,
        parseJson(artifactFile(files, CARD, id), `${id}.card`),
        `${id}.card`,
      );
      return parseValue<Model>(schema, { kind: stored, files: rest, card }, id);
    },
    preview: ({ files }) => ({
      summary: `${kind}: ${
        Object.entries(files)
          .map(([name, bytes]) => `${name} ${(bytes.length / 1e6).toFixed(2)} MB`)
          .join(', ') || 'no files'
      }`,
      file: CARD,
    }),
  };
  known.set(kind, made);
  return made;
}
