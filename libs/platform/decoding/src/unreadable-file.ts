/** A file that could not be read at all: `code` as the operating system, or `readRegularFile`, has it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}
