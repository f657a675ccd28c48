import { setTimeout } from 'node:timers/promises';
import { Fault } from '@soliloquy/fault';
import { StageError, type RunOf } from '@soliloquy/stage';
import type { troubleStage } from '../fake-stages.ts';

export const run: RunOf<typeof troubleStage, 'trouble'> = async (
  { value },
  { kind, milliseconds },
  { signal, progress },
) => {
  progress(0, 1, kind);
  await setTimeout(milliseconds, undefined, { signal });
  switch (kind) {
    case 'none':
      return { value };
    case 'throw':
      throw new Fault({
        code: 'testing.argument',
        where: 'trouble.kind',
        expected: 'a stage without faults',
        got: 'one that throws',
        remedy: 'set kind to none',
        audience: 'author',
      });
    case 'refuse':
      throw new StageError({
        code: 'stage.trouble-refused',
        where: 'trouble.value',
        expected: 'a value that it likes',
        got: 'another',
        remedy: 'give another',
      });
    case 'exit':
      return process.exit(7);
    case 'hang':
      return new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        // A pending promise alone keeps no process alive.
        void setTimeout(3_600_000, undefined, { signal }).catch(() => undefined);
      });
    case 'spin':
      for (;;) Math.sqrt(value);
  }
};
