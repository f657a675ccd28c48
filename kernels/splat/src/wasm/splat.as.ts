// Entry points of the WebAssembly module. All threads share one memory; the control block says what to do.
import { backwardTile } from './backward.as';
import { forwardTile } from './forward.as';
import { gatherChunk } from './gather.as';
import { lossGradient, lossMap } from './image-loss.as';
import {
  C_JOB,
  C_LOSS_SCRATCH_STRIDE,
  JOB_BACKWARD,
  JOB_FORWARD,
  JOB_GATHER,
  JOB_LIST_TILES,
  JOB_LOSS_GRADIENT,
  JOB_LOSS_MAP,
  JOB_PLACE_ENTRIES,
  JOB_PROJECT,
  LOSS_SCRATCH_ROWS,
  P_LOSS_SCRATCH,
  P_SCRATCH,
  P_STATISTICS,
  SCRATCH_BYTES,
  STATISTICS_BYTES,
} from '../layout';
import { address } from './math.as';
import { projectChunk } from './project.as';
import { listTilesBlock, placeEntriesBlock } from './tile-lists.as';
import { takeUnit } from './units.as';

export { writeConstants } from './constants.as';
export { firstNotFinite } from './finite.as';
export { sortByDepth } from './sort.as';
export { startTiles } from './tile-lists.as';

/**
 * Takes units of the present job until there are none left. Every unit writes only what is its own, so the order does
 * not matter.
 */
export function work(thread: i32): void {
  const job = load<i32>(C_JOB);
  const scratch = address(P_SCRATCH) + <usize>thread * SCRATCH_BYTES;
  const lossScratch =
    address(P_LOSS_SCRATCH) + <usize>thread * LOSS_SCRATCH_ROWS * <usize>load<i32>(C_LOSS_SCRATCH_STRIDE);
  let quads: i64 = 0;
  for (let unit = takeUnit(thread); unit >= 0; unit = takeUnit(thread)) {
    switch (job) {
      case JOB_PROJECT:
        projectChunk(unit, scratch);
        break;
      case JOB_LIST_TILES:
        listTilesBlock(unit);
        break;
      case JOB_PLACE_ENTRIES:
        placeEntriesBlock(unit);
        break;
      case JOB_FORWARD:
        quads += forwardTile(unit, scratch);
        break;
      case JOB_BACKWARD:
        backwardTile(unit, scratch);
        break;
      case JOB_GATHER:
        gatherChunk(unit, scratch);
        break;
      case JOB_LOSS_MAP:
        lossMap(unit, lossScratch);
        break;
      case JOB_LOSS_GRADIENT:
        lossGradient(unit, lossScratch);
        break;
      default:
        return;
    }
  }
  if (job == JOB_FORWARD) store<i64>(address(P_STATISTICS) + <usize>thread * STATISTICS_BYTES, quads * 4);
}
