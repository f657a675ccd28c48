export { openDiskStore } from './disk-store.ts';
export { makeFolder } from './make-folder.ts';
export { readRegularFile, readRegularFileSync } from './read-regular-file.ts';
export { sha256 } from './digest.ts';
export { diskInventory } from './disk-inventory.ts';
export { describeFiles, isGenuine, refsIn } from './manifest.ts';
export { writeFileAtomically } from './write-file-atomically.ts';
export { ArtifactCorruptedError, ArtifactMissingError, isArtifactLost, StoreError } from './store-error.ts';

export type { ArtifactFile, ArtifactRef, ArtifactStore, StoredOutputs, TaskResult } from './artifact-store.ts';
export type { HeldArtifact, HeldResult, Inventory, Removed } from './inventory.ts';
export type { DiskStore } from './disk-store.ts';
export type { StoreErrorCode } from './store-error.ts';
