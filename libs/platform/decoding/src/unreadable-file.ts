import { readRegularFile } from '@soliloquy/artifacts';

/** A file that could not be read at all: `code` as the operating system, or `readRegularFile`, has it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * A file that a person gave, whole.
 *
 * @param most a larger one is refused, bytes
 * @param flags of `open`, besides reading
 * @throws UnreadableFile
 */
export function readGivenFile(path: string, most?: number, flags?: number): Promise<Uint8Array> {
  return readRegularFile(path, most, flags).catch((cause: NodeJS.ErrnoException) => {
    throw new UnreadableFile(cause.code ?? 'an error');
  });
}
