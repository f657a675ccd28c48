import { closingLines, duration, type Show } from './show.ts';

const EVERY_MS = 5000;

/** Plain lines for a pipe: what begins and ends, why, and now and then how far a long task is. */
export function showLines(write: (text: string) => void, outFolder: string): Show {
  const said = new Map<string, number>();
  const line = (text: string): void => write(`${text}\n`);
  return {
    event(event) {
      switch (event.type) {
        case 'run-started':
          line(
            `${event.graph}: size ${event.size}, seed ${event.seed}, run ` +
              `${event.run}${event.resumed ? ' (resumed)' : ''}`,
          );
          break;
        case 'task-stale':
          line(`${event.element}: ${event.reasons.join('; ')}`);
          break;
        case 'task-cached':
          line(`${event.element}: cached`);
          break;
        case 'task-started':
          said.set(event.element, performance.now());
          line(`${event.element}: started, ${event.threads} ${event.threads === 1 ? 'thread' : 'threads'}`);
          break;
        case 'task-progress': {
          const now = performance.now();
          if (now - (said.get(event.element) ?? now) < EVERY_MS) break;
          said.set(event.element, now);
          line(`${event.element}: ${event.done}/${event.total}${event.note ? ` ${event.note}` : ''}`);
          break;
        }
        case 'task-log':
          line(`${event.element}: ${event.message}`);
          break;
        case 'task-retried':
          line(`${event.element}: ${event.why}; attempt ${event.attempt}`);
          break;
        case 'task-finished':
          line(`${event.element}: done, ${duration(event.seconds)}`);
          break;
        case 'task-failed':
          line(`${event.element}: failed`);
          break;
        case 'artifact-lost':
          line(`${event.element}: ${event.message}`);
          break;
        default:
          break;
      }
    },
    end(summary, expected) {
      for (const text of closingLines(summary, expected, outFolder, (_style, words) => words)) line(text);
    },
    close: () => {},
  };
}
