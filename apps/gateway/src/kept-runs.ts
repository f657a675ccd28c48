/* Runs of a project without a server: the command line lists what the notebook lists. */
export { RunArchive } from './run-archive.ts';
export { changeLabel, forgetEnded, listRuns } from './run-list.ts';

export type { LabelRequest, ListedRun, RunList } from './protocol/index.ts';
