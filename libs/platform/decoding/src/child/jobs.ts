import type { FaultParts } from '@soliloquy/fault';

interface JobBase {
  /** of a file */
  readonly path: string;
  /** what messages call it */
  readonly name: string;
  /** where the files of the answer are written to */
  readonly folder: string;
}

/** A file that a person gave, as the files of an artifact. */
export interface GivenJob extends JobBase {
  readonly kind: 'given';
  /** id of a port type */
  readonly type: string;
  /** exports the stages that have the type, where it is not one of `@soliloquy/ports` */
  readonly registryModule?: string;
  /** of `open` */
  readonly flags: number;
  /** a larger file is refused, bytes */
  readonly most: number;
}

/** A picture, or a film's first frame, made small: one file, a PNG. */
export interface ThumbnailJob extends JobBase {
  readonly kind: 'thumbnail';
  /** whether it is a film, else a picture */
  readonly film: boolean;
  /** most pixels across */
  readonly width: number;
}

export type Job = GivenJob | ThumbnailJob;

/** The files stand in the job's folder under their place in `files`, and nobody else's names become paths. */
export type Answer =
  | { readonly kind: 'done'; readonly files: readonly string[]; readonly mebibytes: number }
  | { readonly kind: 'fault'; readonly parts: FaultParts }
  | { readonly kind: 'unreadable'; readonly code: string }
  | { readonly kind: 'failed'; readonly reason: string };
