import { TensorError } from './tensor-error.ts';
import { checkTensor, describeTensor, isTensor, type Tensor, type TensorData, type TensorTree } from './tensor.ts';

/** Where leaves sit in a tree: a leaf, or named children in a fixed order. */
export type TreeShape =
  | { kind: 'leaf' }
  | { kind: 'list'; children: TreeShape[] }
  | { kind: 'record'; keys: string[]; children: TreeShape[] };

/** A tree taken apart: leaves in depth-first key order, their dotted paths, and the shape to put it together again. */
export interface FlatTree<Leaf> {
  readonly leaves: Leaf[];
  readonly paths: string[];
  readonly shape: TreeShape;
}

/** Take a nested record or list apart. Order is that of the keys as written, so equal code gives equal graphs. */
export function flattenTree<Leaf>(
  tree: unknown,
  isLeaf: (node: unknown) => node is Leaf,
  where: string,
): FlatTree<Leaf> {
  const leaves: Leaf[] = [];
  const paths: string[] = [];
  const walk = (node: unknown, path: string): TreeShape => {
    if (isLeaf(node)) {
      leaves.push(node);
      paths.push(path);
      return { kind: 'leaf' };
    }
    const below = (key: string | number) => (path === '' ? `${key}` : `${path}.${key}`);
    if (Array.isArray(node)) return { kind: 'list', children: node.map((child, i) => walk(child, below(i))) };
    if (typeof node === 'object' && node !== null && Object.getPrototypeOf(node) === Object.prototype) {
      const entries = Object.entries(node);
      return {
        kind: 'record',
        keys: entries.map(([key]) => key),
        children: entries.map(([key, child]) => walk(child, below(key))),
      };
    }
    const at = path === '' ? where : `${where}.${path}`;
    throw new TensorError({
      code: 'tensor.tree',
      where: at,
      expected: 'an array, a list or a record of them',
      got: describeNode(node),
    });
  };
  const shape = walk(tree, '');
  return { leaves, paths, shape };
}

/** Put leaves back where `flattenTree` found them. */
export function unflattenTree(shape: TreeShape, leaves: readonly unknown[]): unknown {
  let next = 0;
  const build = (node: TreeShape): unknown => {
    if (node.kind === 'leaf') return leaves[next++];
    const children = node.children.map(build);
    return node.kind === 'list' ? children : Object.fromEntries(node.keys.map((key, i) => [key, children[i]]));
  };
  return build(shape);
}

/** Take a tree of tensors apart, checking every leaf. */
export function flattenTensors(tree: TensorTree, where: string): FlatTree<Tensor<TensorData>> {
  const flat = flattenTree(tree, isTensor, where);
  flat.leaves.forEach((leaf, i) => checkTensor(flat.paths[i] === '' ? where : `${where}.${flat.paths[i]}`, leaf));
  return flat;
}

/**
 * Every leaf of a tree of tensors under its dotted path: `{ encoder: { weight } }` gives `{ 'encoder.weight': … }`.
 * This is the record `encodeSafetensors` takes.
 */
export function flattenPaths(tree: TensorTree): Record<string, Tensor<TensorData>> {
  const { leaves, paths } = flattenTensors(tree, 'tree');
  return Object.fromEntries(paths.map((path, i) => [path, leaves[i]]));
}

/**
 * The inverse of `flattenPaths` along a template: the tree has the template's structure and the record's values.
 *
 * @throws TensorError `tensor.tree` for a missing or an additional path, `tensor.shape` for another shape or dtype
 */
export function unflattenPaths<Tree extends TensorTree>(
  record: Readonly<Record<string, Tensor<TensorData>>>,
  template: Tree,
): Tree {
  const { leaves, paths, shape } = flattenTensors(template, 'template');
  const known = new Set(paths);
  const extra = Object.keys(record).find((path) => !known.has(path));
  if (extra !== undefined)
    throw new TensorError({
      code: 'tensor.tree',
      where: `record.${extra}`,
      expected: `one of ${paths.length} known paths`,
      got: 'an unknown one',
    });
  const found = paths.map((path, i) => {
    const value = record[path];
    if (value === undefined)
      throw new TensorError({ code: 'tensor.tree', where: `record.${path}`, expected: 'a tensor', got: 'nothing' });
    if (value.data.constructor !== leaves[i].data.constructor || value.shape.join() !== leaves[i].shape.join()) {
      const show = (t: Tensor<TensorData>) => `${t.data.constructor.name} [${t.shape.join(', ')}]`;
      throw new TensorError({
        code: 'tensor.shape',
        where: `record.${path}`,
        expected: show(leaves[i]),
        got: show(value),
      });
    }
    return value;
  });
  return unflattenTree(shape, found) as Tree;
}

/** Tensors of one shape and dtype as one, along a new first axis. */
export function stackTensors(where: string, tensors: readonly Tensor<TensorData>[]): Tensor<TensorData> {
  const [first] = tensors;
  const data = new (first.data.constructor as new (length: number) => TensorData)(first.data.length * tensors.length);
  tensors.forEach((value, i) => {
    if (value.shape.join() !== first.shape.join() || value.data.constructor !== first.data.constructor) {
      throw new TensorError({
        code: 'tensor.shape',
        where,
        expected: `all to be ${describeTensor(first)}`,
        got: describeTensor(value),
      });
    }
    data.set(value.data, i * first.data.length);
  });
  return { shape: [tensors.length, ...first.shape], data };
}

function describeNode(node: unknown): string {
  if (typeof node === 'object' && node !== null) return node.constructor?.name ?? 'an object';
  return `${typeof node} ${String(node)}`;
}
