import type { Part, RegionName } from '@soliloquy/ports';
import { REGIONS } from '@soliloquy/ports/gaussians';

const indexByName = new Map(REGIONS.map((region, index) => [region.name as RegionName, index]));

/** Index of a region in `REGIONS`, as it stands in a Gaussian's `regions`. */
export function regionIndex(name: RegionName): number {
  return indexByName.get(name)!;
}

/** The part that each region belongs to, by index. */
export const PART_OF_REGION: readonly Part[] = REGIONS.map((region) => region.part);

/** u8 [R, R]: 1 where particles of region b may carry Gaussians of region a (its own, and those it is joined to). */
export const CARRIES: Uint8Array = (() => {
  const count = REGIONS.length;
  const table = new Uint8Array(count * count);
  for (const [a, region] of REGIONS.entries()) {
    table[a * count + a] = 1;
    for (const name of region.joins as readonly RegionName[]) table[a * count + regionIndex(name)] = 1;
  }
  return table;
})();
