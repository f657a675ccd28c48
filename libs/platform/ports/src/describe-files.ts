import type { PortType } from './port-type.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The files of port types as a table of Markdown, a row for each file and each field of it, by their declarations. */
export function filesTable(types: readonly PortType[]): string {
  const rows = [...types]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap(({ id, files = [] }) =>
      files.flatMap(({ name, what, when, fields = {} }) => [
        [`\`${id}\``, `\`${name}\``, when === undefined ? what : `${when}: ${what}`],
        ...Object.entries(fields).map(([field, words]) => ['', `… \`${field}\``, words]),
      ]),
    );
  const lines = [['type', 'file, field', 'what'], ['---', '---', '---'], ...rows];
  return `${lines.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')}\n`;
}

const BEGIN = '<!-- files of ports: written by tools/write-files.ts -->';
const END = '<!-- end -->';

/** @returns a README with the table in its place; `undefined` where it has no place for one */
export function withFilesTable(readme: string, types: readonly PortType[]): string | undefined {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from) return undefined;
  return `${readme.slice(0, from + BEGIN.length)}\n\n${filesTable(types)}\n${readme.slice(to)}`;
}
