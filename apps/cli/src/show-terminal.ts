import { stripVTControlCharacters } from 'node:util';
import { printable } from '@soliloquy/fault';
import type { RunEvent } from '@soliloquy/runner';
import { closingLines, duration, type Show } from './show.ts';

const REDRAW_MS = 100;
const BAR = 16;
const CODES = { good: 32, bad: 31, dim: 2, busy: 36, bold: 1 } as const;
type Style = keyof typeof CODES;

/** A terminal as far as the display needs one. */
export interface TerminalLike {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

interface Row {
  readonly name: string;
  elements: number | undefined;
  finished: number;
  cached: number;
  failed: boolean;
  /** Share that each running element has done, by element. */
  readonly running: Map<string, { share: number; note: string }>;
  started: number | undefined;
  ended: number | undefined;
}

/**
 * A line for each node, redrawn in place: its state, how many of its elements are done, a bar, what it does now, how
 * long it took.
 */
export function showTerminal(terminal: TerminalLike, outFolder: string): Show {
  const rows = new Map<string, Row>();
  const paint = (style: Style, text: string): string => (terminal.color ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text);
  let title = '';
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  const begun = performance.now();

  function draw(): void {
    const lines = frame(title, [...rows.values()], performance.now(), begun, terminal, paint);
    terminal.write(
      `${drawn > 0 ? `\x1b[${drawn}A` : ''}\x1b[?25l${lines.map((text) => `\x1b[2K${text}\n`).join('')}\x1b[J`,
    );
    drawn = lines.length;
  }

  /** Text that stays, above the rows. */
  function say(text: string): void {
    terminal.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}\x1b[J${printable(text)}\n`);
    drawn = 0;
    draw();
  }

  function stop(): void {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    draw();
    terminal.write('\x1b[?25h');
  }

  return {
    event(event) {
      if (event.type === 'run-started') {
        title =
          `${paint('bold', event.graph)} ` +
          `${paint('dim', `size ${event.size}, seed ${event.seed}${event.resumed ? ', resumed' : ''}`)}`;
        for (const name of event.nodes)
          rows.set(name, {
            name,
            elements: undefined,
            finished: 0,
            cached: 0,
            failed: false,
            running: new Map(),
            started: undefined,
            ended: undefined,
          });
        timer = setInterval(draw, REDRAW_MS);
        draw();
        return;
      }
      const row = 'node' in event ? rows.get(event.node) : undefined;
      if (row !== undefined) update(row, event);
      if (event.type === 'task-retried') say(`${event.element}: ${event.why}; attempt ${event.attempt}`);
      if (event.type === 'task-log') say(`${event.element}: ${event.message}`);
      if (event.type === 'artifact-lost') say(`${event.element}: ${event.message}`);
    },
    end(summary, expected) {
      stop();
      for (const text of closingLines(summary, expected, outFolder, paint)) terminal.write(`${text}\n`);
    },
    close: stop,
  };
}

function update(row: Row, event: RunEvent): void {
  switch (event.type) {
    case 'node-expanded':
      row.elements = event.elements;
      break;
    case 'task-cached':
      row.finished++;
      row.cached++;
      break;
    case 'task-started':
      row.started ??= performance.now();
      row.running.set(event.element, { share: 0, note: '' });
      break;
    case 'task-progress':
      row.running.set(event.element, {
        share: event.total > 0 ? Math.min(1, event.done / event.total) : 0,
        note: printable(event.note ?? ''),
      });
      break;
    case 'task-finished':
      row.running.delete(event.element);
      row.finished++;
      row.ended = performance.now();
      break;
    case 'task-failed':
      row.running.delete(event.element);
      row.failed = true;
      row.ended = performance.now();
      break;
    case 'artifact-lost':
      row.finished--;
      row.cached = Math.max(0, row.cached - 1);
      row.ended = undefined;
      break;
    default:
      break;
  }
}

function frame(
  title: string,
  rows: readonly Row[],
  now: number,
  begun: number,
  terminal: TerminalLike,
  paint: (style: Style, text: string) => string,
): string[] {
  const widest = Math.max(4, ...rows.map(({ name }) => name.length));
  const room = Math.max(3, terminal.rows - 3);
  // What does not fit on the screen could not be redrawn in place: then only what is at work is shown.
  const shown =
    rows.length <= room ? rows : rows.filter(({ running, failed }) => running.size > 0 || failed).slice(0, room - 1);
  const done = rows.filter(({ elements, finished }) => elements !== undefined && finished >= elements).length;
  const head = `${title} ${paint('dim', `${done}/${rows.length} nodes, ${duration((now - begun) / 1000)}`)}`;
  return [head, ...shown.map((row) => rowText(row, widest, now, paint))].map((text) => clip(text, terminal.columns));
}

function rowText(row: Row, widest: number, now: number, paint: (style: Style, text: string) => string): string {
  const total = row.elements;
  const complete = total !== undefined && row.finished >= total;
  const name = row.name.padEnd(widest);
  if (row.failed) return `${paint('bad', '✗')} ${name}  ${paint('bad', 'failed')}`;
  if (complete) {
    const count = total === 1 ? '' : `${total} `;
    const words = row.cached === total ? `${count}cached` : `${count}done`;
    const took =
      row.started !== undefined && row.ended !== undefined ? `  ${duration((row.ended - row.started) / 1000)}` : '';
    return `${paint('good', '✓')} ${name}  ${paint('dim', `${words}${took}`)}`;
  }
  if (row.running.size === 0)
    return `${paint('dim', `· ${name}  ${total === undefined || total === 1 ? '' : `${row.finished}/${total}`}`)}`;
  const inFlight = [...row.running.values()];
  const share = (row.finished + inFlight.reduce((sum, { share: part }) => sum + part, 0)) / (total ?? 1);
  const filled = Math.floor(share * BAR);
  const bar = `${paint('busy', '━'.repeat(filled))}${paint('dim', '─'.repeat(BAR - filled))}`;
  const count = total === undefined || total === 1 ? '' : `${row.finished}/${total} `;
  const note = inFlight.map(({ note: words }) => words).find((words) => words !== '') ?? '';
  return (
    `${paint('busy', '●')} ${name}  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${count}${note}  ` +
    `${paint('dim', duration((now - (row.started ?? now)) / 1000))}`
  );
}

/** Cuts to the width of the terminal; a line that wraps would break redrawing. */
function clip(text: string, columns: number): string {
  if (stripVTControlCharacters(text).length < columns) return text;
  let width = 0;
  let out = '';
  for (const part of text.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith('\x1b')) out += part;
    else {
      out += part.slice(0, Math.max(0, columns - 1 - width));
      width += part.length;
    }
  }
  return out;
}
