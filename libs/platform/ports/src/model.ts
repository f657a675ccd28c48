import { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import { readOnnxPorts } from '@soliloquy/tensor/onnx-metadata';
import { decodeSafetensors, type SafetensorsDtype } from '@soliloquy/tensor/safetensors';
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

/** Inputs and outputs of an ONNX network, by name. */
export interface NetworkContents {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Tensors of a safetensors file, by name: how numbers are stored, and the number of axes. */
export type TensorContents = Readonly<Record<string, { readonly dtype: SafetensorsDtype; readonly rank: number }>>;

/** Files of a model, by name. */
export type ModelFiles = {
  readonly [network: `${string}.onnx`]: NetworkContents;
  readonly [tensors: `${string}.safetensors`]: TensorContents;
};

/** What every model of a kind holds. It may hold more: other files, tensors, and fields of the card. */
export interface ModelContents<Card = unknown, Files extends ModelFiles = ModelFiles> {
  /** The fields of the card that are read. It checks and changes nothing: the card travels as it is. */
  readonly card: z.ZodType<Card>;
  readonly files: Files;
}

/** A model whose files and card are those that its kind declares. */
export type ModelOf<Card, Files> = Model & {
  readonly card: Card;
  readonly files: Readonly<Record<keyof Files, Uint8Array>>;
};

/** A port type of models. */
export interface ModelPort<T extends Model = Model> extends PortType<T> {
  /** What its kind declares. Absent: nothing. */
  readonly contents?: ModelContents;
}

/** Port types by kind. */
const known = new Map<string, ModelPort>();

/** What the models of a port type hold; undefined for another type and for a kind that declares nothing. */
export function contentsOf(type: PortType): ModelContents | undefined {
  return (type as ModelPort).contents;
}

/**
 * A trained model of one kind: ONNX and safetensors files with a card. Kinds are part of the type: `model<motion>` does
 * not connect to `model<aligned-space>`.
 *
 * What a kind holds is declared once, beside the functions that pack and open such a model; stages import that type. A
 * model of the kind that lacks something fails at the port, by the name of what it lacks. A kind alone, of which
 * nothing is declared, gives the same type each time.
 *
 * @param kind     kebab-case
 * @param contents files with their networks and tensors, and the card
 * @throws Fault `ports.argument` for another spelling, and for a kind that is declared twice or asked for past its
 *     declaration
 */
export function model(kind: string): ModelPort;
export function model<Card, const Files extends ModelFiles>(
  kind: string,
  contents: ModelContents<Card, Files>,
): ModelPort<ModelOf<Card, Files>>;
export function model(kind: string, contents?: ModelContents): ModelPort {
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
  if (there !== undefined && contents === undefined && there.contents === undefined) return there;
  if (there !== undefined)
    throw new Fault({
      code: 'ports.argument',
      where: `model.${kind}`,
      expected: 'one declaration of the kind',
      got: 'two',
      remedy: 'import the port type of the first',
      audience: 'author',
    });
  const type = modelType(kind, contents);
  known.set(kind, type);
  return type;
}

function modelType(kind: string, contents?: ModelContents): ModelPort {
  const id = `model<${kind}>`;
  const schema = z
    .object({
      kind: z.literal(kind),
      files: z.record(z.string(), z.instanceof(Uint8Array)),
      card: z.record(z.string(), z.unknown()),
    })
    .superRefine((value, ctx) => {
      const lacks = faultsOf(value, id, contents).next();
      if (!lacks.done) ctx.addIssue({ code: 'custom', ...lacks.value });
    }) satisfies z.ZodType<Model>;
  return {
    id,
    title: `Model (${kind})`,
    viewer: 'json',
    hue: 205,
    schema,
    ...(contents === undefined ? {} : { contents }),
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
}

interface ModelFault {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** What is wrong with a model, file by file, then its card. */
function* faultsOf({ files, card }: Omit<Model, 'kind'>, id: string, contents?: ModelContents): Generator<ModelFault> {
  const strange = Object.keys(files).find((name) => !FILE_NAME.test(name));
  if (strange !== undefined)
    yield {
      path: ['files'],
      message: `expected names like net.onnx or tensors.safetensors, got ${strange}; rename it`,
    };
  if (contents === undefined) return;
  const remedy = `give a model that holds what ${id} declares`;
  for (const [name, wanted] of Object.entries(contents.files)) {
    const bytes = files[name];
    const at = (wrong: string): ModelFault => ({ path: ['files', name], message: `${wrong}; ${remedy}` });
    if (bytes === undefined)
      yield { path: ['files'], message: `expected ${name}, got ${listed(Object.keys(files))}; ${remedy}` };
    else if (name.endsWith('.onnx')) yield* networkFaults(bytes, wanted as NetworkContents, at);
    else yield* tensorFaults(bytes, wanted as TensorContents, at);
  }
  const checked = contents.card.safeParse(card);
  if (checked.success) return;
  const { path, message } = checked.error.issues[0];
  const text = message.replace(/^Invalid input: /, '').replace(', received ', ', got ');
  yield { path: ['card', ...path], message: `${text}; ${remedy}` };
}

function* networkFaults(
  bytes: Uint8Array,
  wanted: NetworkContents,
  at: (wrong: string) => ModelFault,
): Generator<ModelFault> {
  const stored = readable(() => readOnnxPorts(bytes));
  if (stored === undefined) return yield at('expected an ONNX network, got other bytes');
  for (const side of ['inputs', 'outputs'] as const) {
    const missing = wanted[side].find((name) => !stored[side].includes(name));
    if (missing !== undefined) yield at(`expected ${missing} among its ${side}, got ${listed(stored[side])}`);
  }
}

function* tensorFaults(
  bytes: Uint8Array,
  wanted: TensorContents,
  at: (wrong: string) => ModelFault,
): Generator<ModelFault> {
  const stored = readable(() => decodeSafetensors(bytes).tensors);
  if (stored === undefined) return yield at('expected a safetensors file, got other bytes');
  for (const [name, { dtype, rank }] of Object.entries(wanted)) {
    const tensor = stored[name];
    if (tensor === undefined) yield at(`expected tensor ${name}, got ${listed(Object.keys(stored))}`);
    else if (tensor.dtype !== dtype || tensor.shape.length !== rank)
      yield at(`expected ${name} as ${dtype} of rank ${rank}, got ${tensor.dtype} [${tensor.shape.join(', ')}]`);
  }
}

function listed(names: readonly string[]): string {
  return names.join(', ') || 'none';
}

/** What a reader gives, undefined where it cannot read the bytes. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
