/** What a key means while the keyboard is on the canvas. */
export type KeyAction =
  | { readonly kind: 'go'; readonly dx: number; readonly dy: number; readonly extend: boolean }
  | { readonly kind: 'nudge'; readonly dx: number; readonly dy: number }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'run-to'; readonly from: boolean }
  | {
      readonly kind:
        | 'add'
        | 'connect'
        | 'inspect'
        | 'remove'
        | 'duplicate'
        | 'select-all'
        | 'deselect'
        | 'group'
        | 'mute'
        | 'bypass'
        | 'fit'
        | 'arrange'
        | 'comment'
        | 'form';
    };

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const PLAIN = {
  a: 'add',
  c: 'connect',
  enter: 'inspect',
  delete: 'remove',
  backspace: 'remove',
  escape: 'deselect',
  g: 'group',
  m: 'mute',
  b: 'bypass',
  f: 'fit',
  l: 'arrange',
  n: 'comment',
  e: 'form',
} as const satisfies Record<string, KeyAction['kind']>;
/** The last three as in other editors of graphs. */
const WITH_CONTROL = { a: 'select-all', d: 'duplicate', g: 'group', b: 'bypass', m: 'mute' } as const satisfies Record<
  string,
  KeyAction['kind']
>;

export function keyAction(event: KeyboardEvent): KeyAction | undefined {
  const control = event.ctrlKey || event.metaKey;
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const [dx, dy] = arrow;
    if (control) return undefined;
    return event.altKey
      ? { kind: 'nudge', dx: event.shiftKey ? dx * 8 : dx, dy: event.shiftKey ? dy * 8 : dy }
      : { kind: 'go', dx, dy, extend: event.shiftKey };
  }
  const key = event.key.toLowerCase();
  if (control)
    return Object.hasOwn(WITH_CONTROL, key) ? { kind: WITH_CONTROL[key as keyof typeof WITH_CONTROL] } : undefined;
  if (event.altKey) return undefined;
  if (key === '+' || key === '=') return { kind: 'zoom', factor: 1.2 };
  if (key === '-') return { kind: 'zoom', factor: 1 / 1.2 };
  if (key === 'r') return { kind: 'run-to', from: event.shiftKey };
  // Enter and space press the button that has the keyboard.
  if (key === 'enter' && event.target instanceof Element && event.target.closest('button') !== null) return undefined;
  return Object.hasOwn(PLAIN, key) ? { kind: PLAIN[key as keyof typeof PLAIN] } : undefined;
}

/** For the list of keys. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['A', 'add a node'],
  ['C', 'connect the selected node'],
  ['Enter', 'edit the selected node'],
  ['E', 'edit it on its card'],
  ['Arrows', 'go to the nearest node'],
  ['Shift + arrows', 'select further nodes'],
  ['Alt + arrows', 'move what is selected'],
  ['R', 'run up to the selected node'],
  ['Shift + R', 'run from the selected node'],
  ['M', 'mute'],
  ['B', 'bypass'],
  ['G', 'group'],
  ['N', 'comment'],
  ['L', 'arrange'],
  ['F', 'show all, or all that is selected'],
  ['+ and −', 'zoom'],
  ['Ctrl + D', 'duplicate'],
  ['Ctrl + C, X, V', 'copy, cut, paste as text'],
  ['Ctrl + A', 'select all'],
  ['Delete', 'delete'],
  ['Ctrl + Z', 'undo'],
  ['Ctrl + Shift + Z', 'do again'],
  ['Ctrl + Enter', 'run the graph'],
  ['Ctrl + K, Ctrl + F', 'all commands; nodes and parameters of the graph'],
  ['Middle button', 'pan, over cards too'],
  ['Alt + drag', 'drag a copy'],
  ['Right click', 'what can be done with what lies there'],
  ['?', 'these keys'],
];
