import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseOf, type Case } from './fuzz/case.ts';
import { FORMATS } from './fuzz/formats.ts';
import { CaseReader, fuzzFormat, type Finding } from './fuzz/fuzz-format.ts';
import { minimise } from './fuzz/minimise.ts';

/**
 * Changes files of every format that strangers give and reads them as the product does. Exit 1 where one crashes its
 * reader, takes more than 5 s or 512 MiB, or is refused by anything but a fault in one line.
 *
 *     npm run fuzz [-- --format NAME,… --count N --seed S --from INDEX]
 *     npm run fuzz -- --format NAME --file FILE [--minimise]
 *
 * The same seed gives the same files. What was found lies in `out/fuzz`; `--file` reads one file again, and
 * `--minimise` writes the fewest bytes that do the same beside it.
 */
const FOLDER = 'out/fuzz';
const { values } = parseArgs({
  options: {
    format: { type: 'string' },
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    file: { type: 'string' },
    minimise: { type: 'boolean', default: false },
  },
});
const asked = values.format?.split(',') ?? Object.keys(FORMATS);
const unknown = asked.filter((name) => !Object.hasOwn(FORMATS, name));
const [count, seed, from] = [values.count, values.seed, values.from].map(Number);

if (unknown.length > 0 || (values.file !== undefined && asked.length !== 1)) refuse();
else if (values.file === undefined) for (const format of asked) await fuzz({ format, seed, index: from });
else await readOne(asked[0], values.file);

function refuse(): void {
  console.error(`--format: expected ${Object.keys(FORMATS).join(', ')}, got ${values.format ?? 'none'}`);
  process.exitCode = 2;
}

async function fuzz(first: Case): Promise<void> {
  const started = performance.now();
  const reader = new CaseReader();
  const { taken, refused, wrong, mebibytes, ...took } = await fuzzFormat(reader, first, count, (finding) => {
    process.exitCode = 1;
    void keep(finding);
  });
  await reader.close();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const slowest = `${took.slowest.toFixed(0)} ms (case ${took.slowestAt})`;
  const cost = `slowest ${slowest}, at most ${mebibytes.toFixed(0)} MiB`;
  console.log(`${first.format}: ${taken} taken, ${refused} refused, ${wrong} wrong; ${cost}, ${seconds} s in all`);
}

async function keep(finding: Finding): Promise<void> {
  const { format, what, ...at } = finding;
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${format}-${at.seed}-${at.index}.${FORMATS[format].ending}`);
  console.log(`${format} ${at.index}: ${what}\n  npm run fuzz -- --format ${format} --file ${path}`);
  writeFileSync(path, await caseOf(finding));
}

async function readOne(format: string, path: string): Promise<void> {
  const bytes = new Uint8Array(readFileSync(path));
  const reader = new CaseReader();
  const { outcome, said, milliseconds } = await reader.read({ format, seed: 0, index: 0, bytes });
  await reader.close();
  console.log(`${outcome} after ${milliseconds.toFixed(0)} ms${said === '' ? '' : `: ${said}`}`);
  if (outcome === 'wrong') process.exitCode = 1;
  if (!values.minimise) return;
  const least = await minimise(format, bytes);
  writeFileSync(`${path}.least`, least);
  console.log(`${path}.least: ${least.length} of ${bytes.length} bytes`);
}
