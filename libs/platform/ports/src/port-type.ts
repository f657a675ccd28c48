import type { z } from 'zod';

/**
 * The files that one artifact consists of: names without folders, e.g. `image.png`. Same value, same bytes: no clock,
 * no order of arrival.
 */
export type ArtifactFiles = Readonly<Record<string, Uint8Array>>;

/** What a page or a terminal shows of a value without decoding it whole. */
export interface Preview {
  /** One line, e.g. `512x768, 125 frames, 25 fps, sound` */
  readonly summary: string;
  /** Which of the artifact's files shows it best, and as what. */
  readonly file?: string;
  readonly as?: 'image' | 'audio' | 'video' | 'gaussians' | 'text' | 'table' | 'html';
}

/**
 * A type of value that can travel between stages.
 *
 * `schema` is checked once, at the port, before `encode` and after `decode`.
 * `encode(decode(files))` gives the same files for every lossless type; for `video` (H.264) a value is what was
 * decoded.
 */
export interface PortType<T = unknown> {
  /** e.g. `image`, `model<motion>` */
  readonly id: string;
  readonly title: string;
  readonly schema: z.ZodType<T>;
  encode(value: T): Promise<ArtifactFiles>;
  decode(files: ArtifactFiles): Promise<T>;
  preview(value: T): Preview;
  /**
   * Reads a value that a person gives on the command line or in the notebook (a path's bytes, or the text itself).
   * Absent: cannot be a graph input.
   */
  readonly fromUser?: (given: UserGiven) => Promise<T>;
}

/** What a person gave for an input of a graph. */
export type UserGiven =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array };

/** The value type of a port type. */
export type ValueOf<P> = P extends PortType<infer T> ? T : never;
