import { SH_0 } from '../layout.ts';
import { allocateGaussians, type GaussianArrays } from '../scene.ts';
import { SH_REST_COUNTS } from '../spherical-harmonics.ts';
import { SplatError } from '../splat-error.ts';
import { checkGaussians, restOf } from '../validate.ts';

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
const SCALARS: Readonly<Record<string, { bytes: number; read: Read }>> = Object.fromEntries(
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
  ).flatMap(([names, bytes, read]) => names.map((name) => [name, { bytes, read }])),
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

/**
 * Gaussians of a `.ply` as 3DGS and its relatives write it, binary of either byte order or ascii. Properties may come
 * in any order and with others among them; 9, 24 or 45 `f_rest_*` are harmonics of degrees up to 1, 2, 3, any other
 * number of them is left out. Elements before the vertices are skipped.
 *
 * @throws SplatError `splat.input` for what is no such file, or ends too early
 */
export function decodePly(bytes: Uint8Array): GaussianArrays {
  const header = readHeader(bytes);
  const { count, names } = header;
  const row = header.format === 'ascii' ? asciiRows(bytes, header) : binaryRows(bytes, header);
  const given = SH_REST_COUNTS.findLast((k) => names.has(`f_rest_${3 * k - 1}`) && !names.has(`f_rest_${3 * k}`)) ?? 0;
  const gaussians = {
    ...allocateGaussians(count),
    ...(given > 0 ? { shRest: new Float32Array(count * given * 3) } : {}),
  };
  for (let g = 0; g < count; g++) {
    const field = row(g);
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

const FORMATS = { 'binary_little_endian 1.0': 'little', 'binary_big_endian 1.0': 'big', 'ascii 1.0': 'ascii' } as const;

type Header = {
  readonly format: (typeof FORMATS)[keyof typeof FORMATS];
  readonly count: number;
  /** bytes of a vertex, and of the file before the first */
  readonly stride: number;
  readonly start: number;
  /** lines of elements before the vertices, in an ascii file */
  readonly lines: number;
  readonly names: ReadonlyMap<string, { readonly read: Read; readonly offset: number; readonly column: number }>;
};

/** Numbers of one vertex by name. */
type Row = (name: string) => number;

function binaryRows(bytes: Uint8Array, { start, stride, names, format }: Header): (g: number) => Row {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (g) => (name) => {
    const property = names.get(name);
    return property === undefined ? 0 : property.read(view, start + g * stride + property.offset, format === 'little');
  };
}

function asciiRows(bytes: Uint8Array, { start, lines, count, names }: Header): (g: number) => Row {
  const rows = new TextDecoder('latin1')
    .decode(bytes.subarray(start))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(lines);
  if (rows.length < count) fail('length', `${count} lines of Gaussians`, `${rows.length}`);
  return (g) => {
    const numbers = rows[g].trim().split(/\s+/).map(Number);
    if (numbers.length < names.size || numbers.some(Number.isNaN))
      fail('vertex', `${names.size} numbers in line ${g} of the vertices`, JSON.stringify(rows[g].slice(0, 40)));
    return (name) => numbers[names.get(name)?.column ?? -1] ?? 0;
  };
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

function readHeader(bytes: Uint8Array): Header {
  // headers of files with all spherical harmonics are about 1.5 kB
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
  const end = /end_header\r?\n/.exec(text);
  if (!/^ply\r?\n/.test(text) || end === null)
    fail('header', 'a header from "ply" to "end_header"', JSON.stringify(text.slice(0, 20)));
  const elements: { name: string; count: number; properties: { name: string; type: string }[] }[] = [];
  let title = '';
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'format') title = words.join(' ');
    if (keyword === 'element') elements.push({ name: words[0], count: Number(words[1]), properties: [] });
    if (keyword === 'property') elements.at(-1)?.properties.push({ type: words[0], name: words.at(-1) ?? '' });
  }
  if (!(title in FORMATS)) fail('format', Object.keys(FORMATS).join(', '), title);
  const format = FORMATS[title as keyof typeof FORMATS];
  let start = end.index + end[0].length;
  let lines = 0;
  for (const { name, count, properties } of elements) {
    if (!Number.isInteger(count) || count < 0) fail('element', 'a whole number of elements', `${name} ${count}`);
    let stride = 0;
    const names = new Map<string, { read: Read; offset: number; column: number }>();
    for (const [column, property] of properties.entries()) {
      const scalar = SCALARS[property.type];
      if (scalar === undefined)
        fail('property', 'scalar properties up to the vertices', `${property.type} ${property.name}`);
      names.set(property.name, { read: scalar.read, offset: stride, column });
      stride += scalar.bytes;
    }
    if (name !== 'vertex') {
      if (format === 'ascii') lines += count;
      else start += count * stride;
      continue;
    }
    const missing = PROPERTIES.filter((wanted) => !wanted.startsWith('n') && !names.has(wanted));
    if (missing.length > 0) fail('properties', 'the properties of Gaussians', `a file without ${missing.join(', ')}`);
    if (format !== 'ascii' && start + count * stride > bytes.length)
      fail('length', `${start + count * stride} bytes for ${count} Gaussians`, `${bytes.length}`);
    return { format, count, stride, start, lines, names };
  }
  fail('element', 'an element named vertex', elements.map((element) => element.name).join(', ') || 'none');
}
