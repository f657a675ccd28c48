import { SH_0 } from '../layout.ts';
import { allocateGaussians, type GaussianArrays } from '../scene.ts';
import { SH_REST_COUNTS } from '../spherical-harmonics.ts';
import { SplatError } from '../splat-error.ts';
import { checkGaussians, restOf } from '../validate.ts';
import { CHUNK_BOUNDS, CHUNK_SIZE, PACKED, unpackGaussians, type Field } from './compressed-ply.ts';
import { leftOutNotice, usableRows } from './usable-rows.ts';

const PROPERTIES = [
  'x',
  'y',
  'z',
  'nx',
  'ny',
  'nz',
  'f_dc_0',
  'f_dc_1',
  'f_dc_2',
  'opacity',
  'scale_0',
  'scale_1',
  'scale_2',
  'rot_0',
  'rot_1',
  'rot_2',
  'rot_3',
] as const;

/** Reads one number; the last argument says whether its low byte comes first. */
type Read = (view: DataView, at: number, little: boolean) => number;

/** Bytes and reader of each scalar type of the PLY format, under both of its names. */
const SCALARS: ReadonlyMap<string, { bytes: number; read: Read }> = new Map(
  (
    [
      [['char', 'int8'], 1, (v, a) => v.getInt8(a)],
      [['uchar', 'uint8'], 1, (v, a) => v.getUint8(a)],
      [['short', 'int16'], 2, (v, a, e) => v.getInt16(a, e)],
      [['ushort', 'uint16'], 2, (v, a, e) => v.getUint16(a, e)],
      [['int', 'int32'], 4, (v, a, e) => v.getInt32(a, e)],
      [['uint', 'uint32'], 4, (v, a, e) => v.getUint32(a, e)],
      [['float', 'float32'], 4, (v, a, e) => v.getFloat32(a, e)],
      [['double', 'float64'], 8, (v, a, e) => v.getFloat64(a, e)],
    ] as [string[], number, Read][]
  ).flatMap(([names, bytes, read]) => names.map((name) => [name, { bytes, read }] as const)),
);

/** How a `.ply` is written. */
export type PlyOptions = {
  /** Default `binary`: little endian. */
  readonly format?: 'binary' | 'ascii';
};

/**
 * The `.ply` of 3DGS: 17 floats a vertex (position, normal 0, f_dc = (rgb - 0.5) / Y₀₀, opacity logit, ln scale,
 * quaternion wxyz), and behind f_dc the harmonics of degrees 1 … 3 as f_rest, channel by channel, where the Gaussians
 * have them. Opens in public viewers. The same Gaussians give the same bytes.
 *
 * @throws SplatError `splat.input`
 */
export function encodePly(gaussians: GaussianArrays, { format = 'binary' }: PlyOptions = {}): Uint8Array {
  const count = checkGaussians('encodePly', gaussians);
  const rest = restOf(gaussians);
  const names = [
    ...PROPERTIES.slice(0, 9),
    ...Array.from({ length: 3 * rest }, (_, i) => `f_rest_${i}`),
    ...PROPERTIES.slice(9),
  ];
  const title = format === 'ascii' ? 'ascii 1.0' : 'binary_little_endian 1.0';
  const header = [
    'ply',
    `format ${title}`,
    `element vertex ${count}`,
    ...names.map((name) => `property float ${name}`),
    'end_header',
    '',
  ].join('\n');
  const row = (g: number): number[] => [
    ...gaussians.means.subarray(3 * g, 3 * g + 3),
    0,
    0,
    0,
    ...gaussians.colors.subarray(3 * g, 3 * g + 3).map((value) => (value - 0.5) / SH_0),
    ...Array.from(
      { length: 3 * rest },
      (_, i) => gaussians.shRest?.[3 * (g * rest + (i % rest)) + Math.floor(i / rest)] ?? 0,
    ),
    gaussians.opacityLogits[g],
    ...gaussians.logScales.subarray(3 * g, 3 * g + 3),
    ...gaussians.quats.subarray(4 * g, 4 * g + 4),
  ];
  if (format === 'ascii')
    return new TextEncoder().encode(
      header + Array.from({ length: count }, (_, g) => `${row(g).map(Math.fround).join(' ')}\n`).join(''),
    );
  const start = new TextEncoder().encode(header);
  const stride = names.length * 4;
  const bytes = new Uint8Array(start.length + count * stride);
  bytes.set(start);
  const view = new DataView(bytes.buffer, start.length);
  for (let g = 0; g < count; g++)
    for (const [k, value] of row(g).entries()) view.setFloat32(g * stride + 4 * k, value, true);
  return bytes;
}

/** What reads Gaussians from a file may be told. */
export type DecodeOptions = {
  /** Told, in a sentence, what of the file was left out. */
  readonly notice?: (message: string) => void;
};

/**
 * Gaussians of a `.ply` as 3DGS and its relatives write it, binary of either byte order or ascii, or compressed as
 * PlayCanvas' tools write it. Properties may come in any order and case and with others among them; 9, 24 or 45
 * `f_rest_*` are harmonics of degrees up to 1, 2, 3, any other number of them is left out. Elements before the vertices
 * are skipped. Gaussians with numbers that are not finite or without a rotation are left out.
 *
 * @throws SplatError `splat.input` for what is no such file, or ends too early
 */
export function decodePly(bytes: Uint8Array, { notice = () => {} }: DecodeOptions = {}): GaussianArrays {
  const elements = readElements(bytes);
  const vertex = elements.find(({ name }) => name === 'vertex');
  if (vertex === undefined)
    fail('element', 'an element named vertex', elements.map((element) => element.name).join(', ') || 'none');
  const packed = PACKED.every((name) => vertex.names.has(name));
  const read = packed ? compressed(bytes, elements, vertex) : plain(bytes, vertex);
  const { gaussians, leftOut } = usableRows(read);
  if (vertex.count > 0 && leftOut === vertex.count)
    fail('vertex', 'Gaussians of finite numbers', `none among ${vertex.count}`);
  if (leftOut > 0) notice(leftOutNotice(leftOut, vertex.count));
  return gaussians;
}

function plain(bytes: Uint8Array, vertex: Element): GaussianArrays {
  checkProperties(vertex);
  const { count, names } = vertex;
  const row = fieldsOf(bytes, vertex);
  const given = SH_REST_COUNTS.findLast((k) => names.has(`f_rest_${3 * k - 1}`) && !names.has(`f_rest_${3 * k}`)) ?? 0;
  const gaussians = {
    ...allocateGaussians(count),
    ...(given > 0 ? { shRest: new Float32Array(count * given * 3) } : {}),
  };
  for (let g = 0; g < count; g++) {
    const field = (name: string): number => row(g, name) ?? 0;
    gaussians.means.set([field('x'), field('y'), field('z')], 3 * g);
    gaussians.quats.set([field('rot_0'), field('rot_1'), field('rot_2'), field('rot_3')], 4 * g);
    gaussians.logScales.set([field('scale_0'), field('scale_1'), field('scale_2')], 3 * g);
    gaussians.opacityLogits[g] = field('opacity');
    gaussians.colors.set(
      [0.5 + SH_0 * field('f_dc_0'), 0.5 + SH_0 * field('f_dc_1'), 0.5 + SH_0 * field('f_dc_2')],
      3 * g,
    );
    for (let i = 0; i < 3 * given; i++)
      if (gaussians.shRest !== undefined)
        gaussians.shRest[3 * (g * given + (i % given)) + Math.floor(i / given)] = field(`f_rest_${i}`);
  }
  return gaussians;
}

function checkProperties({ names }: Element): void {
  const missing = PROPERTIES.filter((wanted) => !wanted.startsWith('n') && !names.has(wanted));
  if (missing.length === 0) return;
  if (missing.join() === 'scale_2')
    fail('properties', 'the properties of 3D Gaussians', '2D Gaussians (2DGS), flat ones without scale_2');
  const points = !names.has('f_dc_0') && !names.has('scale_0') && names.has('x');
  fail(
    'properties',
    'the properties of Gaussians',
    `${points ? 'points or a mesh, ' : ''}a file without ${missing.join(', ')}`,
  );
}

function compressed(bytes: Uint8Array, elements: readonly Element[], vertex: Element): GaussianArrays {
  const { count } = vertex;
  const element = (name: string): Element | undefined => elements.find((each) => each.name === name);
  const chunk = element('chunk');
  const chunks = Math.ceil(count / CHUNK_SIZE);
  if (chunk === undefined || chunk.count < chunks || !CHUNK_BOUNDS.every((name) => chunk.names.has(`min_${name}`)))
    fail('chunk', `${chunks} chunks with their bounds`, `${chunk?.count ?? 'none'}`);
  const sh = element('sh');
  return unpackGaussians({
    count,
    chunk: fieldsOf(bytes, chunk),
    vertex: fieldsOf(bytes, vertex),
    ...(sh !== undefined && sh.count >= count && { sh: fieldsOf(bytes, sh) }),
  });
}

const FORMATS = { 'binary_little_endian 1.0': 'little', 'binary_big_endian 1.0': 'big', 'ascii 1.0': 'ascii' } as const;

type Element = {
  /** in lower case, as names of properties are */
  readonly name: string;
  readonly format: (typeof FORMATS)[keyof typeof FORMATS];
  readonly count: number;
  /** bytes of one, and of the file before the first (in an ascii file, of the header) */
  readonly stride: number;
  readonly start: number;
  /** lines of elements before, in an ascii file */
  readonly lines: number;
  readonly names: ReadonlyMap<string, { readonly read: Read; readonly offset: number; readonly column: number }>;
};

/** Reads an element; throws where the file ends before it does. */
function fieldsOf(bytes: Uint8Array, element: Element): Field {
  const { start, stride, count, names, format } = element;
  if (format === 'ascii') return asciiFields(bytes, element);
  if (start + count * stride > bytes.length)
    fail('length', `${start + count * stride} bytes for ${count} Gaussians`, `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (row, name) => {
    const property = names.get(name);
    return property?.read(view, start + row * stride + property.offset, format === 'little');
  };
}

function asciiFields(bytes: Uint8Array, { start, lines, count, names }: Element): Field {
  const rows = new TextDecoder('latin1')
    .decode(bytes.subarray(start))
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(lines);
  if (rows.length < count) fail('length', `${count} lines of Gaussians`, `${rows.length}`);
  let last = { row: -1, numbers: [] as number[] };
  return (row, name) => {
    if (last.row !== row) last = { row, numbers: numbersOf(rows[row], row, names.size) };
    return last.numbers[names.get(name)?.column ?? -1];
  };
}

function numbersOf(line: string, row: number, count: number): number[] {
  const numbers = line.trim().split(/\s+/).map(numberOf);
  if (numbers.length < count || numbers.includes(undefined))
    fail('vertex', `${count} numbers in line ${row} of the vertices`, JSON.stringify(line.slice(0, 40)));
  return numbers as number[];
}

/** A number as C's printf writes it, which has several ways to say that it is none (of Microsoft too: `-1.#IND`). */
function numberOf(text: string): number | undefined {
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  if (/^[+-]?(inf(inity)?|1\.#inf0*)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(nan(\(\w*\))?|1\.#(q?nan|snan|ind)0*)$/i.test(text) ? Number.NaN : undefined;
}

function fail(what: string, expected: string, got: string): never {
  throw new SplatError({
    code: 'splat.input',
    where: `decodePly.${what}`,
    expected,
    got,
    remedy: 'export the splats as a .ply of 3DGS',
  });
}

/** Lines of the header, however long, and where what follows them begins. */
function readLines(bytes: Uint8Array): { lines: string[]; start: number } {
  const lines: string[] = [];
  const letters = (from: number, to: number): string => new TextDecoder('latin1').decode(bytes.subarray(from, to));
  // Some editors put a byte order mark before a file of text.
  const begin = letters(0, 3) === '\xef\xbb\xbf' ? 3 : 0;
  // Lines end with LF, CR LF, or CR alone, as the first one does.
  const onlyCr = bytes[begin + 3] === 0x0d && bytes[begin + 4] !== 0x0a;
  for (let at = begin; at < bytes.length;) {
    const end = bytes.indexOf(onlyCr ? 0x0d : 0x0a, at);
    if (end < 0) break;
    const line = letters(at, end).trim();
    if (lines.length === 0 && line.toLowerCase() !== 'ply') break;
    at = end + 1;
    if (line.toLowerCase() === 'end_header') return { lines, start: at };
    lines.push(line);
  }
  fail('header', 'a header from "ply" to "end_header"', JSON.stringify(letters(0, 20)));
}

/** All elements that the header names up to the last that can be found without reading the others. */
function readElements(bytes: Uint8Array): Element[] {
  const header = readLines(bytes);
  const stated: { name: string; count: number; properties: { name: string; type: string }[] }[] = [];
  let title = '';
  for (const line of header.lines) {
    const [keyword, ...words] = line.toLowerCase().split(/\s+/);
    if (keyword === 'format') title = words.join(' ');
    if (keyword === 'element') stated.push({ name: words[0], count: Number(words[1]), properties: [] });
    if (keyword === 'property') stated.at(-1)?.properties.push({ type: words[0], name: words.at(-1) ?? '' });
  }
  if (!Object.hasOwn(FORMATS, title)) fail('format', Object.keys(FORMATS).join(', '), title);
  const format = FORMATS[title as keyof typeof FORMATS];
  const elements: Element[] = [];
  let { start } = header;
  let lines = 0;
  for (const { name, count, properties } of stated) {
    if (!Number.isInteger(count) || count < 0) fail('element', 'a whole number of elements', `${name} ${count}`);
    let stride = 0;
    const names = new Map<string, { read: Read; offset: number; column: number }>();
    for (const [column, property] of properties.entries()) {
      const scalar = SCALARS.get(property.type);
      if (scalar === undefined) {
        // Lists make what follows them hard to find; faces stand behind the vertices.
        if (elements.some((element) => element.name === 'vertex')) return elements;
        fail('property', 'scalar properties up to the vertices', `${property.type} ${property.name}`);
      }
      names.set(property.name, { read: scalar.read, offset: stride, column });
      stride += scalar.bytes;
    }
    elements.push({ name, format, count, stride, start, lines, names });
    if (format === 'ascii') lines += count;
    else start += count * stride;
  }
  return elements;
}
