import type { GaussianArrays } from './scene.ts';
import { SplatError } from './splat-error.ts';
import { checkGaussians } from './validate.ts';

/** Y₀₀, the constant spherical harmonic: rgb = 0.5 + Y₀₀ f_dc. */
const SH_C0 = 0.28209479177387814;

const PROPERTIES = ['x', 'y', 'z', 'nx', 'ny', 'nz', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity', 'scale_0', 'scale_1', 'scale_2', 'rot_0', 'rot_1', 'rot_2', 'rot_3'] as const;
type Property = (typeof PROPERTIES)[number];

/** Bytes and reader of each scalar type of the PLY format, under both of its names. */
const SCALARS: Readonly<Record<string, { bytes: number; read: (view: DataView, at: number) => number }>> = Object.fromEntries(
  (
    [
      [['char', 'int8'], 1, (v, a) => v.getInt8(a)],
      [['uchar', 'uint8'], 1, (v, a) => v.getUint8(a)],
      [['short', 'int16'], 2, (v, a) => v.getInt16(a, true)],
      [['ushort', 'uint16'], 2, (v, a) => v.getUint16(a, true)],
      [['int', 'int32'], 4, (v, a) => v.getInt32(a, true)],
      [['uint', 'uint32'], 4, (v, a) => v.getUint32(a, true)],
      [['float', 'float32'], 4, (v, a) => v.getFloat32(a, true)],
      [['double', 'float64'], 8, (v, a) => v.getFloat64(a, true)],
    ] as [string[], number, (view: DataView, at: number) => number][]
  ).flatMap(([names, bytes, read]) => names.map((name) => [name, { bytes, read }])),
);

/**
 * The `.ply` of 3DGS with spherical harmonics of degree 0: binary little endian, 17 floats a vertex (position, normal 0, f_dc = (rgb - 0.5) / Y₀₀,
 * opacity logit, ln scale, quaternion wxyz). Opens in public viewers. The same Gaussians give the same bytes.
 *
 * @throws SplatError `splat.input`
 */
export function encodePly(gaussians: GaussianArrays): Uint8Array {
  const count = checkGaussians('encodePly', gaussians);
  const header = new TextEncoder().encode(
    ['ply', 'format binary_little_endian 1.0', `element vertex ${count}`, ...PROPERTIES.map((name) => `property float ${name}`), 'end_header', ''].join('\n'),
  );
  const stride = PROPERTIES.length * 4;
  const bytes = new Uint8Array(header.length + count * stride);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  for (let g = 0; g < count; g++) {
    const values = [
      ...gaussians.means.subarray(3 * g, 3 * g + 3),
      0,
      0,
      0,
      ...gaussians.colors.subarray(3 * g, 3 * g + 3).map((value) => (value - 0.5) / SH_C0),
      gaussians.opacityLogits[g],
      ...gaussians.logScales.subarray(3 * g, 3 * g + 3),
      ...gaussians.quats.subarray(4 * g, 4 * g + 4),
    ];
    for (let k = 0; k < values.length; k++) view.setFloat32(g * stride + 4 * k, values[k], true);
  }
  return bytes;
}

/**
 * Gaussians of a `.ply` as 3DGS and its relatives write it. Properties may come in any order and with others among them; spherical harmonics above
 * degree 0 (`f_rest_*`) are left out. Elements before the vertices are skipped.
 *
 * @throws SplatError `splat.input` for what is no such file, or ends too early
 */
export function decodePly(bytes: Uint8Array): GaussianArrays {
  const { count, stride, start, readers } = readHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (at: number, name: Property): number => {
    const { read, offset } = readers[name];
    return read(view, at + offset);
  };
  const gaussians = {
    means: new Float32Array(count * 3),
    quats: new Float32Array(count * 4),
    logScales: new Float32Array(count * 3),
    opacityLogits: new Float32Array(count),
    colors: new Float32Array(count * 3),
  };
  for (let g = 0; g < count; g++) {
    const at = start + g * stride;
    gaussians.means.set([field(at, 'x'), field(at, 'y'), field(at, 'z')], 3 * g);
    gaussians.quats.set([field(at, 'rot_0'), field(at, 'rot_1'), field(at, 'rot_2'), field(at, 'rot_3')], 4 * g);
    gaussians.logScales.set([field(at, 'scale_0'), field(at, 'scale_1'), field(at, 'scale_2')], 3 * g);
    gaussians.opacityLogits[g] = field(at, 'opacity');
    gaussians.colors.set([0.5 + SH_C0 * field(at, 'f_dc_0'), 0.5 + SH_C0 * field(at, 'f_dc_1'), 0.5 + SH_C0 * field(at, 'f_dc_2')], 3 * g);
  }
  return gaussians;
}

type Header = { count: number; stride: number; start: number; readers: Record<Property, { read: (view: DataView, at: number) => number; offset: number }> };

function fail(what: string, expected: string, got: string): never {
  throw new SplatError('splat.input', `decodePly.${what}: expected ${expected}, got ${got}; export the splats as a binary .ply of 3DGS`);
}

function readHeader(bytes: Uint8Array): Header {
  // headers of files with all spherical harmonics are about 1.5 kB
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
  const end = /end_header\r?\n/.exec(text);
  if (!/^ply\r?\n/.test(text) || end === null) fail('header', 'a header from "ply" to "end_header"', JSON.stringify(text.slice(0, 20)));
  const elements: { name: string; count: number; properties: { name: string; type: string }[] }[] = [];
  let format = '';
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const [keyword, ...words] = line.trim().split(/\s+/);
    if (keyword === 'format') format = words.join(' ');
    if (keyword === 'element') elements.push({ name: words[0], count: Number(words[1]), properties: [] });
    if (keyword === 'property') elements.at(-1)?.properties.push({ type: words[0], name: words.at(-1) ?? '' });
  }
  if (format !== 'binary_little_endian 1.0') fail('format', 'binary_little_endian 1.0', format);
  let start = end.index + end[0].length;
  for (const { name, count, properties } of elements) {
    if (!Number.isInteger(count) || count < 0) fail('element', 'a whole number of elements', `${name} ${count}`);
    let stride = 0;
    const offsets = new Map<string, { read: (view: DataView, at: number) => number; offset: number }>();
    for (const property of properties) {
      const scalar = SCALARS[property.type];
      if (scalar === undefined) fail('property', 'scalar properties up to the vertices', `${property.type} ${property.name}`);
      offsets.set(property.name, { read: scalar.read, offset: stride });
      stride += scalar.bytes;
    }
    if (name !== 'vertex') {
      start += count * stride;
      continue;
    }
    const missing = PROPERTIES.filter((wanted) => !wanted.startsWith('n') && !offsets.has(wanted));
    if (missing.length > 0) fail('properties', 'the properties of Gaussians', `a file without ${missing.join(', ')}`);
    if (start + count * stride > bytes.length) fail('length', `${start + count * stride} bytes for ${count} Gaussians`, `${bytes.length}`);
    return { count, stride, start, readers: Object.fromEntries(offsets) as Header['readers'] };
  }
  fail('element', 'an element named vertex', elements.map((element) => element.name).join(', ') || 'none');
}
