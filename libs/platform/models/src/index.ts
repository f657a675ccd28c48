export { aboutNetwork, byHand, bytesOf, isFetchable, modelEntry, proveFetchable, PURPOSES } from './model-entry.ts';
export { modelRegistry, MODELS } from './registry.ts';
export { missingFiles, ModelFolders } from './model-folders.ts';
export { getModel, isWhole } from './get-model.ts';
export { LicenceRecord } from './licence-record.ts';
export { ModelFault } from './model-fault.ts';
export { layoutFault, readModelJson } from './read-model-json.ts';

export type { ModelEntry, ModelFile } from './model-entry.ts';
export type { ModelPlaces } from './model-folders.ts';
export type { Getting } from './get-model.ts';
export type { ModelFaultCode } from './model-fault.ts';
export type { ModelLayout } from './read-model-json.ts';
