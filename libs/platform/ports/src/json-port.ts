import type { z } from 'zod';
import { artifactFile, parseJson, parseValue } from './port-error.ts';
import { jsonFields } from './port-file.ts';
import type { PortType } from './port-type.ts';
import type { Viewer } from './viewers.ts';

/** A port type whose artifact is one JSON file with sorted keys. */
export function jsonPort<T>(spec: {
  id: string;
  title: string;
  /** Default: `json`. */
  viewer?: Viewer;
  hue?: number;
  schema: z.ZodType<T>;
  file: string;
  summary: (value: T) => string;
}): PortType<T> {
  return {
    id: spec.id,
    title: spec.title,
    viewer: spec.viewer ?? 'json',
    ...(spec.hue !== undefined && { hue: spec.hue }),
    schema: spec.schema,
    files: [{ name: spec.file, what: 'JSON in UTF-8', fields: jsonFields(spec.schema) }],
    async encode(value) {
      return { [spec.file]: new TextEncoder().encode(canonicalJson(value)) };
    },
    async decode(files) {
      return parseValue(spec.schema, parseJson(artifactFile(files, spec.file, spec.id), spec.id), spec.id);
    },
    preview: (value) => ({ summary: spec.summary(value), file: spec.file }),
    giving: { hereBytes: 2 ** 18 },
    async fromUser(given) {
      const where = given.kind === 'file' ? given.name : spec.id;
      return parseValue(spec.schema, parseJson(given.kind === 'text' ? given.text : given.bytes, where), where);
    },
  };
}

/** JSON with sorted keys and two-space indent, newline at the end. */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, inner: unknown) => sorted(inner), 2)}\n`;
}

/** An object's entries by name; what is none, as it is. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
