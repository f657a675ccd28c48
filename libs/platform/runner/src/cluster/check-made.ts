import { z } from 'zod';
import { isGenuine } from '@soliloquy/artifacts';
import type { SettledStage } from '@soliloquy/stage';
import { digestSchema } from '../run/events.ts';
import type { Made } from '../transport/protocol.ts';
import { TaskError } from '../transport/task-error.ts';

const bytes = z.int().min(0);
const ref = z.object({
  type: z.string(),
  digest: digestSchema,
  bytes,
  files: z.array(z.object({ name: z.string(), digest: digestSchema, bytes })).readonly(),
});
const preview = z.object({ summary: z.string(), file: z.string().optional(), as: z.string().optional() });
const several = <S extends z.ZodType>(one: S) => z.union([one, z.array(one).readonly()]);

const madeSchema = z.object({
  outputs: z.record(z.string(), several(ref).nullable()),
  previews: z.record(z.string(), several(preview)),
  seconds: z.number().min(0),
  peakBytes: z.number().min(0),
  cores: z.int().min(1).optional(),
});

/** @returns `undefined` for what no worker says of a task that it did */
export function parseMade(value: unknown): Made | undefined {
  const parsed = madeSchema.safeParse(value);
  return parsed.success ? (parsed.data as Made) : undefined;
}

/**
 * Holds what a worker says that it made against the stage: every output of it, of its type, one or several, by the
 * digest of what it names. Whether the artifacts hold what the stage would have made of these inputs, nobody can see
 * but by doing it again.
 *
 * @param worker as it calls itself
 * @throws TaskError `task.bad-result`
 */
export function checkMade(made: Made, stage: SettledStage, label: string, worker: string): Made {
  const wrong = wrongIn(made, stage);
  if (wrong === undefined) return made;
  throw new TaskError({
    code: 'task.bad-result',
    where: label,
    expected: `what ${stage.id}@${stage.version} makes`,
    got: `${wrong} from worker ${worker}`,
    remedy: 'look at that worker: it has another version, or it is nobody of yours',
  });
}

function wrongIn({ outputs }: Made, stage: SettledStage): string | undefined {
  const strange = Object.keys(outputs).find((port) => !Object.hasOwn(stage.outputs, port));
  if (strange !== undefined) return `an output "${strange}"`;
  for (const [port, { type, makes, optional }] of Object.entries(stage.outputs)) {
    const output = Object.hasOwn(outputs, port) ? outputs[port] : null;
    if (output === null) {
      if (optional !== true) return `no ${port}`;
      continue;
    }
    const refs = 'digest' in output ? [output] : output;
    if (refs.length === 0 || 'digest' in output !== (makes === undefined)) return `${refs.length} of ${port}`;
    const odd = refs.find((each) => each.type !== type.id);
    if (odd !== undefined) return `${odd.type} as ${port}`;
    if (!refs.every(isGenuine)) return `a digest of ${port} that is not that of what it names`;
  }
  return undefined;
}
