import { z } from 'zod';

/** One of the files that an artifact of a type consists of, as another program has to know it. */
export interface PortFile {
  readonly name: string;
  /** Format, and what it is of. */
  readonly what: string;
  /** Where it is there; always, where this is left out. */
  readonly when?: string;
  /** What stands in it, by name: fields of JSON, tensors and metadata of safetensors. */
  readonly fields?: Readonly<Record<string, string>>;
}

interface Part {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Part | boolean;
  readonly items?: Part;
}

/**
 * The fields of JSON as its schema declares them: `width`, `points.*.x` for what is called by names, `phones[].start`
 * for what is counted.
 */
export function jsonFields(schema: z.ZodType): Record<string, string> {
  const fields: Record<string, string> = {};
  walk(z.toJSONSchema(schema, { io: 'input' }) as Part, { at: '', required: true, told: false }, fields);
  return fields;
}

/** Where in the JSON a part lies, whether it must be there, and whether what is around it says what it is. */
interface Place {
  readonly at: string;
  readonly required: boolean;
  readonly told: boolean;
}

function walk(part: Part, { at, required, told }: Place, fields: Record<string, string>): void {
  const { description, properties = {}, additionalProperties, items } = part;
  const holds = Object.keys(properties).length > 0 || typeof additionalProperties === 'object' || items !== undefined;
  if (at !== '' && (description !== undefined || (!told && !holds)))
    fields[at] = [required ? '' : 'may be left out', kindOf(part), description ?? '']
      .filter((words) => words !== '')
      .join(', ');
  const inside = (step: string, must: boolean): Place => ({
    at: at === '' ? step.replace(/^\./, '') : at + step,
    required: must,
    told: told || description !== undefined,
  });
  for (const [name, inner] of Object.entries(properties))
    walk(inner, inside(`.${name}`, part.required?.includes(name) === true), fields);
  if (typeof additionalProperties === 'object') walk(additionalProperties, inside('.*', true), fields);
  if (items !== undefined) walk(items, inside('[]', true), fields);
}

function kindOf({ type, enum: choices }: Part): string {
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(' or ');
  return type === 'object' || type === 'array' || type === undefined ? '' : type;
}
