/**
 * Population variance over the frames of each column.
 *
 * @param values f32 [F, columns]
 * @returns      f64 [columns] squares of the values' unit
 */
export function varianceOverTime(values: Float32Array, columns: number): Float64Array {
  const frames = values.length / columns;
  return Float64Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    let squares = 0;
    for (let i = column; i < values.length; i += columns) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    return Math.max(0, squares / frames - (sum / frames) ** 2);
  });
}
