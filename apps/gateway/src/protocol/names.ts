import { z } from 'zod';

/** Of a node, an input or a size in a graph. */
export const nameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/);
/** `node.param` or `node.port` */
export const referenceSchema = z.string().regex(/^[A-Za-z][\w-]*\.[A-Za-z][\w-]*$/);
