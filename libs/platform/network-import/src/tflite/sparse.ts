import { sizeOf, type ConstantData } from '../constant.ts';
import type { FlatTable } from '../flat-table.ts';

/** A tensor of which only the values within blocks that are not 0 are stored. */
interface SparseTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly stored: ConstantData;
  /** `SparsityParameters` of the schema. */
  readonly sparsity: FlatTable;
}

/** One level of the storage: all of `size` indices, or (CSR) those that `segments` and `indices` name. */
interface Level {
  readonly size: number;
  readonly segments: readonly number[] | undefined;
  readonly indices: readonly number[];
}

/**
 * All values of a sparse tensor. Levels are walked in the traversal order; those past the tensor's rank are the places
 * within a block (TensorFlow Lite, `SparsityParameters`; the format of TACO, Kjolstad et al. 2017).
 *
 * @throws ImportError `network.malformed` where levels, blocks and stored values do not agree
 */
export function denseOf(tensor: SparseTensor): ConstantData {
  const { name, shape, stored, sparsity } = tensor;
  const order = sparsity.ints(0);
  const blocks = sparsity.ints(1);
  const levels = sparsity.tables(2).map(readLevel);
  const lie = (got: string) => sparsity.file.malformed(`sparse constant ${name}, ${got}`);
  const rank = shape.length;
  const depth = rank + blocks.length;
  const isOrder = order.length === depth && [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!isOrder || levels.length !== depth || blocks.some((axis) => axis < 0 || axis >= rank))
    throw lie(
      `${levels.length} levels in the order [${order.join(', ')}] for ${rank} axes and ${blocks.length} blocks`,
    );
  const out = new (stored.constructor as { new (length: number): ConstantData })(sizeOf(shape));
  const strides = levelStrides(shape, blocks, order, levels);
  let used = 0;
  const walk = (level: number, position: number, place: number): void => {
    if (level === depth) {
      const fits = position < stored.length && place >= 0 && place < out.length && used < stored.length;
      if (!fits) throw lie('whose indices leave it');
      out[place] = stored[position];
      used++;
      return;
    }
    const { size, segments, indices } = levels[level];
    if (segments === undefined) {
      for (let i = 0; i < size; i++) walk(level + 1, position * size + i, place + i * strides[level]);
      return;
    }
    const from = segments[position];
    const to = segments[position + 1];
    if (!(from >= 0 && from <= to && to <= indices.length)) throw lie('whose segments leave it');
    for (let p = from; p < to; p++) walk(level + 1, p, place + indices[p] * strides[level]);
  };
  if (levels.reduce((product, { size, segments }) => product * (segments ? 1 : size), 1) > out.length)
    throw lie('whose levels are larger than it');
  walk(0, 0, 0);
  if (used !== stored.length) throw lie(`${stored.length} values stored, ${used} of them used`);
  return out;
}

/** How far one step of a level goes in the dense tensor. */
function levelStrides(
  shape: readonly number[],
  blocks: readonly number[],
  order: readonly number[],
  levels: readonly Level[],
): number[] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const blockSizes = shape.map((_, axis) => {
    const block = blocks.indexOf(axis);
    return block < 0 ? 1 : levels[order.indexOf(shape.length + block)].size;
  });
  return order.map((axis) =>
    axis < shape.length ? strides[axis] * blockSizes[axis] : strides[blocks[axis - shape.length]],
  );
}

function readLevel(table: FlatTable): Level {
  if (table.byte(0) === 0) return { size: table.int(1), segments: undefined, indices: [] };
  return { size: table.int(1), segments: readIndices(table, 2), indices: readIndices(table, 4) };
}

/** A vector of i32, u16 or u8, as its union says. */
function readIndices(table: FlatTable, field: number): number[] {
  const kind = table.byte(field);
  const vector = table.table(field + 1);
  if (vector === undefined) return [];
  if (kind === 1) return vector.ints(0);
  return kind === 2 ? vector.shorts(0) : Array.from(vector.bytes(0));
}
