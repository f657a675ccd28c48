import { parseOptions } from '../parse-options.ts';

export async function execute(args: readonly string[]): Promise<number> {
  parseOptions('doctor', args, [0, 0]);
  return 0;
}
