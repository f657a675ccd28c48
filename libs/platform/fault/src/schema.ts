import { z } from 'zod';
import { AUDIENCES, PHASES, type FaultCode, type FaultParts } from './fault.ts';

const CODE = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;

/** Checks the parts of a fault that come from another process, machine or page. */
export const faultPartsSchema = z.object({
  code: z.custom<FaultCode>((value) => typeof value === 'string' && CODE.test(value), { error: 'a code "area.kebab"' }),
  where: z.string(),
  expected: z.string(),
  got: z.string(),
  remedy: z.string().optional(),
  phase: z.enum(PHASES).optional(),
  audience: z.enum(AUDIENCES).optional(),
}) satisfies z.ZodType<FaultParts>;
