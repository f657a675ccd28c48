/** Writes a FlexBuffers map of integers, fractions and lists of integers, every element 4 bytes wide, keys sorted. */
export function flexMap(map: Readonly<Record<string, number | readonly number[]>>): Uint8Array {
  const WIDTH = 2;
  const names = Object.keys(map).sort();
  const bytes: number[] = [];
  const word = (value: number, isFraction = false): void => {
    const data = isFraction ? Float32Array.of(value) : Int32Array.of(value);
    bytes.push(...new Uint8Array(data.buffer));
  };
  const keys = names.map((name) => {
    const at = bytes.length;
    bytes.push(...new TextEncoder().encode(name), 0);
    return at;
  });
  while (bytes.length % 4 !== 0) bytes.push(0);
  const lists = names.map((name) => {
    const value = map[name];
    if (typeof value === 'number') return 0;
    word(value.length);
    const at = bytes.length;
    value.forEach((each) => word(each));
    return at;
  });
  word(names.length);
  const keyVector = bytes.length;
  for (const key of keys) word(bytes.length - key);
  word(bytes.length - keyVector);
  word(4);
  word(names.length);
  const root = bytes.length;
  names.forEach((name, i) => {
    const value = map[name];
    if (typeof value === 'number') word(value, !Number.isInteger(value));
    else word(bytes.length - lists[i]);
  });
  for (const name of names) {
    const value = map[name];
    const type = typeof value !== 'number' ? 11 : Number.isInteger(value) ? 1 : 3;
    bytes.push((type << 2) | WIDTH);
  }
  while (bytes.length % 4 !== 0) bytes.push(0);
  word(bytes.length - root);
  return Uint8Array.of(...bytes, (9 << 2) | WIDTH, 4);
}
