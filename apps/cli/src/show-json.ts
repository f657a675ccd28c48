import type { Show } from './show.ts';

/** One JSON event a line on standard output. */
export function showJson(write: (text: string) => void): Show {
  return {
    event: (event) => write(`${JSON.stringify(event)}\n`),
    end: () => {},
    close: () => {},
  };
}
