import type { z } from 'zod';
import { Fault, type FaultParts } from '@soliloquy/fault';
import { refusalSchema, routePath, type ROUTES, type WireGraphError } from '@soliloquy/gateway/protocol';

type Route = keyof typeof ROUTES;

/** What a request fills into its route: parts of the path, and the query. */
export interface Where {
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** The gateway refused, or could not be reached (`status` 0, code `gateway.unreachable`). */
export class Refused extends Fault {
  override readonly name = 'Refused';
  readonly status: number;
  /** all faults of a graph that cannot run */
  readonly errors: readonly WireGraphError[];
  /** what came, where it was more than a refusal, e.g. a conflict */
  readonly body: unknown;

  constructor(
    status: number,
    parts: FaultParts & { readonly message?: string },
    errors: readonly WireGraphError[] = [],
    body: unknown = undefined,
  ) {
    super(parts);
    if (parts.message !== undefined) this.message = parts.message;
    this.status = status;
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
    throw new Refused(0, {
      code: 'gateway.unreachable',
      where: 'gateway',
      expected: 'an answer',
      got: 'none',
      remedy: 'is `soliloquy serve` still running?',
    });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const refusal = refusalSchema.safeParse(answer);
    if (refusal.success) throw new Refused(response.status, refusal.data, refusal.data.errors, answer);
    throw new Refused(response.status, refusedWithoutWords(route, response.status));
  }
  const parsed = schema.safeParse(answer);
  if (!parsed.success)
    throw new Refused(response.status, {
      code: 'gateway.bad-answer',
      where: `gateway.${route}`,
      expected: 'an answer of this version',
      got: `another (${parsed.error.issues[0]?.message ?? ''})`,
      remedy: 'reload the page',
    });
  return parsed.data;
}

function refusedWithoutWords(route: Route, status: number): FaultParts {
  if (status === 401)
    return {
      code: 'gateway.no-session',
      where: 'gateway',
      expected: 'a session',
      got: 'none',
      remedy: 'open the link that `soliloquy serve` printed',
    };
  return {
    code: 'gateway.refused',
    where: `gateway.${route}`,
    expected: 'an answer',
    got: `status ${status}`,
    remedy: 'reload the page',
  };
}
