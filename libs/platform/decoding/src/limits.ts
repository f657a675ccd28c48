/** What decoding one file may cost before its process is killed. */
export interface Limits {
  /** of the clock, from when the process has the job */
  readonly seconds: number;
  /** resident memory of the whole process, MiB */
  readonly mebibytes: number;
}

/** Of a file whose type says nothing else. */
export const LIMITS: Limits = { seconds: 60, mebibytes: 1024 };
