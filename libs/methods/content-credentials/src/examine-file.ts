import { constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '@soliloquy/artifacts';
import { isArchive, isCutArchive } from '@soliloquy/avatar-file/archive';
import { decodeGiven } from '@soliloquy/decoding';
import { image, video, type PortType } from '@soliloquy/ports';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import { FALSE_POSITIVES, findMark, LumaMean, meanLuma, type FoundMark, type LumaPlane } from '@soliloquy/watermark';
import { boxesIn } from './mp4-place.ts';
import { readCredentials, type Credentials } from './read-credentials.ts';
import { consentWords } from './statement.ts';

/** A larger file is no film of this house. Bytes. */
const LARGEST = 2 ** 31 - 1;
/** Frames from the beginning of a film that are looked at: two seconds. */
const FRAMES = 50;

/** What is found out about a file. */
export interface Findings extends Credentials {
  /** whether its end is missing */
  readonly cut: boolean;
  readonly mark: FoundMark | undefined;
  /** key of the task in this store that put the mark there */
  readonly task: string | undefined;
}

/**
 * What a film, a picture or an avatar says of how it was made, and whether that is true: by its manifest, inside or
 * beside it, and by its mark.
 *
 * @param path of the file; a manifest beside it is at the same path with `.c2pa`
 * @param stateFolder `.soliloquy`, in whose store the task that made the mark is looked for
 * @throws NodeJS.ErrnoException for a file that cannot be read
 */
export async function examineFile(path: string, stateFolder: string): Promise<Findings> {
  const bytes = Uint8Array.from(await readRegularFile(path, LARGEST));
  const sidecar = await readFile(`${path}.c2pa`).then(Uint8Array.from, () => undefined);
  const credentials = await readCredentials(bytes, sidecar);
  const mark = await markIn(path, bytes);
  const task = mark && (await taskOfMark(stateFolder, mark.id));
  return { ...credentials, cut: isCut(bytes), mark, task };
}

/** One sentence, true whatever was done to the file. */
export function verdictOf({ state, statement, generator, cut, mark }: Findings): string {
  if (cut) return `its end is missing${statement || mark ? '; what is left was made with Soliloquy' : ''}`;
  if (state === 'broken') return `it was changed after it was signed${statement ? ' as made with Soliloquy' : ''}`;
  if (state === 'whole')
    return statement
      ? 'made with Soliloquy, signed, not changed since'
      : `signed by ${generator ?? 'another program'}, not Soliloquy`;
  if (mark) return 'made with Soliloquy by its mark; the manifest is gone: it was encoded again, or cut out';
  return 'nothing in it says that it was made with Soliloquy; that does not mean that it was not';
}

/** What there is to say of a file, as pairs of a word and what it is. */
export function findingRows(findings: Findings): [string, string][] {
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
  return rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
}

function markWords(mark: FoundMark | undefined, task: string | undefined): string {
  if (mark === undefined) return 'none that can be read';
  const bits = `${(100 * mark.bitErrors).toFixed(0)} % of its bits were wrong`;
  const chance = `by chance once in ${Math.round(1 / FALSE_POSITIVES).toLocaleString('en')} films`;
  const where = task === undefined ? '' : `; made here: task ${task.slice(0, 12)}`;
  return `${mark.id}${mark.flipped ? ', flipped' : ''}; ${bits}; ${chance}${where}`;
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
  const names = await readdir(join(stateFolder, STORE_FOLDER, 'results', id.slice(0, 2))).catch(() => []);
  return names.find((name) => name.startsWith(id))?.replace(/\.json$/, '');
}
