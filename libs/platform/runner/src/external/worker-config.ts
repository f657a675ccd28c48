import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '@soliloquy/fault';

/** A command of a machine that is a backbone of a stage. */
export const externalBackbone = z.strictObject({
  version: z.int().min(1).describe('Counts up whenever the command makes other results of the same inputs.'),
  title: z.string(),
  summary: z.string().default('A command of this machine.'),
  threads: z.union([z.int().min(1), z.literal('all')]).default('all'),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'Program and arguments; {inputs}, {outputs} and {task} stand for paths. Without it graphs may name the ' +
        'backbone, but this machine does not run it.',
    ),
  seconds: z.number().positive().default(3600).describe('After which it is ended.'),
  silence: z.number().positive().optional().describe('Seconds without a word after which it is ended.'),
  memoryMiB: z.int().min(16).optional().describe('Address space that each of its processes may have, on Linux.'),
  lacks: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe('By output, parts that it never leaves, e.g. {"video": ["matte"]}; {} where it leaves all.'),
  environment: z
    .array(z.string().regex(/^\w+$/))
    .default(['PATH'])
    .describe('Names of the variables that it gets; nothing else is passed on.'),
});

/**
 * What this machine runs beside its installation. Read from a file that SOLILOQUY_WORKER_CONFIG names, never from a
 * graph.
 */
const workerConfig = z.strictObject({
  $schema: z.string().optional(),
  backbones: z.record(z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/), externalBackbone),
});

export type ExternalBackbone = z.infer<typeof externalBackbone>;
export type WorkerConfig = z.infer<typeof workerConfig>;

/** A configuration that cannot be used. */
export class WorkerConfigError extends Fault<'config.worker'> {
  static override readonly phase = 'before-run';
  override readonly name = 'WorkerConfigError';
}

/** @throws WorkerConfigError */
export function readWorkerConfig(path: string): WorkerConfig {
  let parsed: ReturnType<typeof workerConfig.safeParse>;
  try {
    parsed = workerConfig.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new WorkerConfigError(
      {
        code: 'config.worker',
        where: path,
        expected: "a worker's configuration as JSON",
        got: (cause as Error).message,
        remedy: 'correct it, or SOLILOQUY_WORKER_CONFIG',
      },
      { cause },
    );
  }
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new WorkerConfigError({
    code: 'config.worker',
    where: path,
    expected: "a worker's configuration",
    got: `${issue.path.map(String).join('.') || 'one'}: ${issue.message}`,
    remedy: 'correct it, see libs/platform/runner/README.md',
  });
}
