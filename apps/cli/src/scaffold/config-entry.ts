import { configFault } from '@soliloquy/runner';

/** What a project has before it brings anything. */
export const EMPTY_CONFIG = `import { defineConfig } from '@soliloquy/runner/config';

export default defineConfig({
  modules: [],
});
`;

/** Of a line, as Prettier is told. */
const WIDTH = 120;
const MODULES = /\bmodules\s*:\s*\[([^\]]*)\]/g;
const PATHS = /^(\s*(['"])[^'"\n]*\2\s*,?)*\s*$/;
const COMMANDS = /^([ \t]*)backbones\s*:\s*\{/gm;
const OPENING = /(\bdefineConfig\s*\(\s*\{|\bexport\s+default\s*\{)/g;

/**
 * A configuration's text with one more module.
 *
 * @throws Fault `config.no-room` where it has no list that can be told
 */
export function withModuleEntry(text: string, where: string, path: string): string {
  const entry = `'./${path}'`;
  const lists = [...text.matchAll(MODULES)];
  if (lists.length === 0) return insertAfterOpening(text, where, `  modules: [${entry}],`);
  const [list] = lists;
  if (lists.length > 1 || !PATHS.test(list[1])) throw noRoom(where, `modules: [${entry}]`);
  const others = [...list[1].matchAll(/(['"])([^'"\n]*)\1/g)].map(([, , other]) => `'${other}'`);
  const all = [...others, entry];
  const inline = `modules: [${all.join(', ')}]`;
  const lines = `modules: [\n${all.map((each) => `    ${each},\n`).join('')}  ]`;
  return text.replace(list[0], () => (inline.length + 3 <= WIDTH ? inline : lines));
}

/**
 * A configuration's text with one more command.
 *
 * @param key `stage/name`; @param entry the lines of its object, without indent
 * @throws Fault `config.no-room`
 */
export function withCommandEntry(text: string, where: string, key: string, entry: readonly string[]): string {
  const lines = (indent: string): string =>
    [`${indent}'${key}': {`, ...entry.map((line) => `${indent}  ${line}`), `${indent}},`].join('\n');
  const lists = [...text.matchAll(COMMANDS)];
  if (lists.length > 1) throw noRoom(where, `backbones: { '${key}': { … } }`);
  const [list] = lists;
  if (list === undefined) return insertAfterOpening(text, where, `  backbones: {\n${lines('    ')}\n  },`);
  return text.replace(list[0], () => `${list[0]}\n${lines(`${list[1]}  `)}`);
}

function insertAfterOpening(text: string, where: string, lines: string): string {
  const openings = [...text.matchAll(OPENING)];
  if (openings.length !== 1) throw noRoom(where, lines.trim());
  const [[opening]] = openings;
  const after = text.slice(text.indexOf(opening) + opening.length);
  return text.replace(opening, () => `${opening}\n${lines}${after.startsWith('\n') ? '' : '\n'}`);
}

function noRoom(where: string, entry: string): Error {
  return configFault({
    code: 'config.no-room',
    where,
    expected: 'export default defineConfig({ modules: […] }) with the paths written out',
    got: 'another form',
    remedy: `write the entry by hand: ${entry}`,
  });
}
