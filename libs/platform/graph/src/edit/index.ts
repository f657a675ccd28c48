export { addNode, moveItems, removeItems, renameInput, renameNode, setParam, setSkip } from './nodes.ts';
export { checkConnection, connect, disconnect, feeding } from './connections.ts';
export { swapBackbone, withBackbones } from './swap-backbone.ts';
export { copyItems, pasteItems } from './clipboard.ts';
export { whatFits } from './what-fits.ts';
export { freshName } from './edit.ts';

export type { Edit } from './edit.ts';
export type { Point, Selection } from './nodes.ts';
export type { ConnectionVerdict } from './connections.ts';
export type { Fit, HeldEnd } from './what-fits.ts';
