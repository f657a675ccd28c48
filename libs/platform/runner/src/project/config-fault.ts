import { Fault, type FaultParts } from '@soliloquy/fault';

/** Something about a project's configuration, or about what it brings, that is not as it must be: nothing runs. */
export function configFault(parts: Omit<FaultParts, 'phase' | 'audience'>, options?: ErrorOptions): Fault {
  return new Fault({ ...parts, phase: 'before-run' }, options);
}

/** The first line of whatever was thrown, for a sentence. */
export function thrownWords(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message.split('\n', 1)[0]}` : String(thrown);
}
