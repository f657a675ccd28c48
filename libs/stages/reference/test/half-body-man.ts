/** Places of the half-body man's picture on him and beside him, pixels of 512. */
export const PERSON = [
  [255, 110],
  [255, 25],
  [250, 300],
  [150, 260],
  [355, 270],
  [85, 375],
  [390, 385],
  [250, 500],
] as const;
export const ROOM = [
  [20, 20],
  [255, 8],
  [410, 180],
  [60, 200],
  [40, 480],
  [490, 400],
  [180, 60],
] as const;
