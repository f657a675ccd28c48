import type { Json } from '@soliloquy/graph';

/** What a form needs to know of one param, read from the JSON Schema of its stage or backbone. */
export interface ParamSpec {
  readonly name: string;
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'json';
  readonly choices: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly unit?: string;
  readonly help: string;
  readonly fallback: Json | undefined;
  /** `0 … 1`, `at least 16` */
  readonly range: string;
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: Json;
  readonly description?: string;
  readonly unit?: unknown;
}

/** zod states the limits of safe integers, which say nothing to a person. */
const SAFE = Number.MAX_SAFE_INTEGER;

/** The params of a JSON Schema of an object, in its order. */
export function paramSpecs(schema: Readonly<Record<string, unknown>>): ParamSpec[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Property>>;
  return Object.entries(properties).map(([name, property]) => {
    const choices = (property.enum ?? []).filter((value): value is string => typeof value === 'string');
    const least = meaningful(property.minimum ?? property.exclusiveMinimum);
    const most = meaningful(property.maximum ?? property.exclusiveMaximum);
    return {
      name,
      kind: choices.length > 0 ? 'choice' : kindOf(property.type),
      choices,
      least,
      most,
      unit: typeof property.unit === 'string' ? property.unit : undefined,
      help: property.description ?? '',
      fallback: property.default,
      range: rangeWords(property, least, most),
    };
  });
}

function kindOf(type: string | undefined): ParamSpec['kind'] {
  switch (type) {
    case 'number':
    case 'integer':
    case 'boolean':
      return type;
    case 'string':
      return 'text';
    default:
      return 'json';
  }
}

function meaningful(limit: number | undefined): number | undefined {
  return limit === undefined || Math.abs(limit) >= SAFE ? undefined : limit;
}

function rangeWords({ exclusiveMinimum }: Property, least: number | undefined, most: number | undefined): string {
  const shown = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 6 });
  if (least !== undefined && most !== undefined) return `${shown(least)} … ${shown(most)}`;
  if (least !== undefined) return exclusiveMinimum === least ? `above ${shown(least)}` : `from ${shown(least)}`;
  return most === undefined ? '' : `up to ${shown(most)}`;
}

/**
 * What was typed, as the value that goes into the document; the text itself where it is none, so that it is refused by
 * name and not lost.
 */
export function fromField(spec: ParamSpec, text: string): Json | undefined {
  if (text.trim() === '' && spec.kind !== 'text') return undefined;
  switch (spec.kind) {
    case 'number':
    case 'integer': {
      const value = Number(text);
      return Number.isFinite(value) ? value : text;
    }
    case 'json':
      try {
        return JSON.parse(text) as Json;
      } catch {
        return text;
      }
    default:
      return text;
  }
}

/** A value as a field shows it. */
export function toField(spec: ParamSpec, value: Json | undefined): string {
  if (value === undefined) return '';
  if (spec.kind === 'json') return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return String(value);
}
