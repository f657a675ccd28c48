export { loadRegistry } from './plan/load-registry.ts';
export { prepareGraph } from './plan/prepare.ts';
export { planGraph } from './plan/plan-graph.ts';
export { elementText } from './plan/elements.ts';
export { importInputs, InputError } from './kept/import-inputs.ts';
export { OutputError, proveWritable, writeWhole } from './kept/out-folder.ts';
export { isAlive, newRunId, readLines, unfinishedRun } from './kept/journal.ts';
export { identityOf, runGraph } from './run/run-graph.ts';
export { WorkerPool } from './transport/worker-pool.ts';
export { withExternalBackbones } from './external/command-backbone.ts';
export { readWorkerConfig, WorkerConfigError } from './external/worker-config.ts';

export type { PreparedGraph } from './plan/prepare.ts';
export type { NodePlan } from './plan/plan-graph.ts';
export type { ImportedInput } from './kept/import-inputs.ts';
export type { RunOptions, RunSummary } from './run/run-graph.ts';
export type { RunEvent, RunStatus } from './run/events.ts';
export type { Transport } from './transport/transport.ts';
