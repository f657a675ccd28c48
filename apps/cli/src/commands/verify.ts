import { constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '@soliloquy/artifacts';
import { isArchive, isCutArchive } from '@soliloquy/avatar-file/archive';
import { boxesIn, consentWords, readCredentials, type Credentials } from '@soliloquy/content-credentials';
import { decodeGiven } from '@soliloquy/decoding';
import { image, video, type PortType } from '@soliloquy/ports';
import { FALSE_POSITIVES, findMark, LumaMean, meanLuma, type FoundMark, type LumaPlane } from '@soliloquy/watermark';
import { EXIT } from '../exit-code.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { stateFolderFor } from '../project.ts';
import { UsageError } from '../usage-error.ts';

/** A larger file is no film of this house. Bytes. */
const LARGEST = 2 ** 31 - 1;
/** Frames from the beginning of a film that are looked at: two seconds. */
const FRAMES = 50;

/** What is found out about a file. */
interface Findings extends Credentials {
  readonly cut: boolean;
  readonly mark: FoundMark | undefined;
  /** key of the task in this store that put the mark there */
  readonly task: string | undefined;
}

/** `soliloquy verify FILE`: what it says of how it was made, and whether that is true. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('verify', args, [1, 1]);
  const [path] = options.positionals;
  const bytes = await readGiven(path);
  const sidecar = await readFile(`${path}.c2pa`).then(Uint8Array.from, () => undefined);
  const credentials = await readCredentials(bytes, sidecar);
  const mark = await markIn(path, bytes);
  const task = mark && (await taskOfMark(stateFolderFor('graph.json', options.text('store')), mark.id));
  const findings: Findings = { ...credentials, cut: isCut(bytes), mark, task };
  print(options.flag('json') ? `${JSON.stringify(findings, null, 2)}\n` : `${path}: ${linesOf(findings)}`);
  return credentials.state === 'whole' ? EXIT.done : EXIT.failed;
}

async function readGiven(path: string): Promise<Uint8Array> {
  try {
    return Uint8Array.from(await readRegularFile(path, LARGEST));
  } catch (cause) {
    throw new UsageError(
      {
        code: 'usage.call',
        where: 'soliloquy verify',
        expected: 'a file that can be read',
        got: `${(cause as NodeJS.ErrnoException).code ?? 'none'} at ${path}`,
        remedy: 'check the path',
      },
      { cause },
    );
  }
}

/** The mark in a film or a picture; none in what cannot be decoded. */
async function markIn(path: string, bytes: Uint8Array): Promise<FoundMark | undefined> {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  const isPicture = head.startsWith('\x89PNG') || head.startsWith('\xff\xd8\xff') || head.startsWith('RIFF');
  try {
    return findMark(isPicture ? await pictureLuma(path) : await filmLuma(path));
  } catch {
    return undefined;
  }
}

async function pictureLuma(path: string): Promise<LumaPlane> {
  const { width, height, data } = await image.decode(await decoded(image, path));
  const mean = new LumaMean(width, height);
  mean.add(data);
  return mean.plane;
}

async function filmLuma(path: string): Promise<LumaPlane> {
  return meanLuma(await video.decode(await decoded(video, path)), FRAMES);
}

function decoded<T>(type: PortType<T>, path: string): ReturnType<typeof decodeGiven> {
  return decodeGiven(type as PortType, { path, flags: constants.O_RDONLY, most: LARGEST });
}

/** Whether the end of a film, a picture or an avatar is missing. */
function isCut(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  if (head.startsWith('\x89PNG')) return !String.fromCharCode(...bytes.subarray(-12)).includes('IEND');
  if (isArchive(bytes)) return isCutArchive(bytes);
  return head.endsWith('ftyp') && [...boxesIn(bytes)].some(({ end }) => end > bytes.length);
}

async function taskOfMark(stateFolder: string, id: string): Promise<string | undefined> {
  const names = await readdir(join(stateFolder, 'store', 'results', id.slice(0, 2))).catch(() => []);
  return names.find((name) => name.startsWith(id))?.replace(/\.json$/, '');
}

function linesOf(findings: Findings): string {
  const { statement, mark, task, signer, generator, failures } = findings;
  const rows: [string, string | undefined][] = [
    ['made', statement && `by ${statement.graph.name}, ${statement.graph.from}, with ${generator ?? 'Soliloquy'}`],
    [
      'of',
      statement &&
        Object.entries(statement.ingredients)
          .map(([name, { digest }]) => `${name} ${digest.slice(0, 12)}`)
          .join(', '),
    ],
    [
      'licences',
      statement?.licences?.map(({ name, licence }) => `${name}: ${licence?.name ?? 'nobody said'}`).join(', '),
    ],
    ['consent', statement && consentWords(statement.consent)],
    ['signed', signer && `by ${signer}; no list of trust is asked`],
    ['fails', failures.length > 0 ? failures.join(', ') : undefined],
    ['mark', markWords(mark, task)],
  ];
  const said = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
  return `${verdictOf(findings)}\n${said.map(([left, right]) => `  ${left.padEnd(7)}  ${right}\n`).join('')}`;
}

/** One sentence, true whatever was done to the file. */
function verdictOf({ state, statement, generator, cut, mark }: Findings): string {
  if (cut) return `its end is missing${statement || mark ? '; what is left was made with Soliloquy' : ''}`;
  if (state === 'broken') return `it was changed after it was signed${statement ? ' as made with Soliloquy' : ''}`;
  if (state === 'whole')
    return statement
      ? 'made with Soliloquy, signed, not changed since'
      : `signed by ${generator ?? 'another program'}, not Soliloquy`;
  if (mark) return 'made with Soliloquy by its mark; the manifest is gone: it was encoded again, or cut out';
  return 'nothing in it says that it was made with Soliloquy; that does not mean that it was not';
}

function markWords(mark: FoundMark | undefined, task: string | undefined): string {
  if (mark === undefined) return 'none that can be read';
  const bits = `${(100 * mark.bitErrors).toFixed(0)} % of its bits were wrong`;
  const chance = `by chance once in ${Math.round(1 / FALSE_POSITIVES).toLocaleString('en')} films`;
  const where = task === undefined ? '' : `; made here: task ${task.slice(0, 12)}`;
  return `${mark.id}${mark.flipped ? ', flipped' : ''}; ${bits}; ${chance}${where}`;
}
