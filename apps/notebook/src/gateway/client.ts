import type { z } from 'zod';
import { refusalSchema, routePath, type ROUTES, type WireGraphError } from '@soliloquy/gateway/protocol';

type Route = keyof typeof ROUTES;

/** What a request fills into its route: parts of the path, and the query. */
export interface Where {
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** The gateway refused, or could not be reached (`status` 0, code `unreachable`). */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly code: string;
  /** all faults of a graph that cannot run */
  readonly errors: readonly WireGraphError[];
  /** what came, where it was more than a refusal, e.g. a conflict */
  readonly body: unknown;

  constructor(
    status: number,
    code: string,
    message: string,
    errors: readonly WireGraphError[] = [],
    body: unknown = undefined,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.body = body;
  }
}

/** @throws Refused */
export function get<S extends z.ZodType>(route: Route, schema: S, where: Where = {}): Promise<z.infer<S>> {
  return ask('GET', route, schema, where, undefined);
}

/** @throws Refused */
export function post<S extends z.ZodType>(
  route: Route,
  schema: S,
  body: unknown,
  where: Where = {},
): Promise<z.infer<S>> {
  return ask('POST', route, schema, where, body);
}

/** @throws Refused */
export function put<S extends z.ZodType>(
  route: Route,
  schema: S,
  body: unknown,
  where: Where = {},
): Promise<z.infer<S>> {
  return ask('PUT', route, schema, where, body);
}

async function ask<S extends z.ZodType>(
  method: string,
  route: Route,
  schema: S,
  where: Where,
  body: unknown,
): Promise<z.infer<S>> {
  const path = routePath(route, where.parts, where.query);
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch(() => {
    throw new Refused(0, 'unreachable', 'gateway: expected an answer, got none; is `soliloquy serve` still running?');
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const refusal = refusalSchema.safeParse(answer);
    if (refusal.success)
      throw new Refused(response.status, refusal.data.code, refusal.data.message, refusal.data.errors, answer);
    throw new Refused(
      response.status,
      'refused',
      response.status === 401
        ? 'gateway: expected a session, got none; open the link that `soliloquy serve` printed'
        : `gateway.${route}: expected an answer, got status ${response.status}; reload the page`,
    );
  }
  const parsed = schema.safeParse(answer);
  if (!parsed.success)
    throw new Refused(
      response.status,
      'bad-answer',
      `gateway.${route}: expected another answer (${parsed.error.issues[0]?.message ?? ''}); reload the page`,
    );
  return parsed.data;
}
