import { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import type { ModelContents } from './model.ts';

/** The parts of a JSON schema that say what a value may be. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * A card that a kind of models takes, with the fields that it demands: an example that the field gives
 * (`.meta({ examples: [25] })`), else its only or its first value, else the number that is nearest to 1.
 *
 * @param where the port type, e.g. `model<motion>`
 * @throws Fault `ports.argument` when what was found is not taken, e.g. of a text with a pattern
 */
export function exampleCard({ card }: ModelContents, where: string): Readonly<Record<string, unknown>> {
  const example = exampleOf(z.toJSONSchema(card, { io: 'input', unrepresentable: 'any' }) as Schema);
  const checked = card.safeParse(example);
  if (checked.success) return example as Readonly<Record<string, unknown>>;
  const [{ path, message }] = checked.error.issues;
  throw new Fault({
    code: 'ports.argument',
    where: [where, 'card', ...path].map(String).join('.'),
    expected: 'an example of the field, or a type that shows one',
    got: `none (${message})`,
    remedy: 'add .meta({ examples: [a value] }) where the kind is declared',
    audience: 'author',
  });
}

function exampleOf(schema: Schema): unknown {
  const [given] = schema.examples ?? schema.enum ?? [schema.const];
  if (given !== undefined) return given;
  const { type, properties = {}, required = [], items = {}, minItems = 0 } = schema;
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (type === 'object') return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]));
  if (type === 'array') return Array.from({ length: minItems }, () => exampleOf(items));
  if (type === 'integer' || type === 'number') return Math.min(Math.max(1, minimum), maximum);
  return { string: 'example', boolean: true, null: null }[type ?? ''];
}
