import type { z } from 'zod';
import type { PortFile } from './port-file.ts';
import type { Viewer } from './viewers.ts';

/**
 * The files that one artifact consists of: names without folders, e.g. `image.png`. Same value, same bytes: no clock,
 * no order of arrival.
 */
export type ArtifactFiles = Readonly<Record<string, Uint8Array>>;

/** What a page or a terminal shows of a value without decoding it whole. */
export interface Preview {
  /** One line, e.g. `512x768, 125 frames, 25 fps, sound` */
  readonly summary: string;
  /** Which of the artifact's files shows it best. */
  readonly file?: string;
  /** As what, where that depends on the value and not on its type alone. */
  readonly as?: Viewer;
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
  /** What shows its values. Absent: `preview` says it for a value, or the line of summary is all. */
  readonly viewer?: Viewer;
  /**
   * Hue of its sockets and links on a page, degrees of oklch, one per family: language 85, picture 45, film 5, sound
   * 150, shape 245, motion 290 to 325, learned models 205, figures 190. Absent: one by its name.
   */
  readonly hue?: number;
  readonly schema: z.ZodType<T>;
  /** Whether the bytes that `encode` gives depend on how many cores the encoder of films sees: it is in keys then. */
  readonly coresMatter?: boolean;
  /** The files of an artifact, for other programs and for the README's table. */
  readonly files?: readonly PortFile[];
  /** What a value may have or lack beside what makes it one, so that an input may ask for it (`InputSpec.needs`). */
  readonly parts?: readonly string[];
  /** Which of its parts a file has never that a person gives. */
  readonly userLacks?: readonly string[];
  encode(value: T): Promise<ArtifactFiles>;
  decode(files: ArtifactFiles): Promise<T>;
  preview(value: T): Preview;
  /**
   * Reads a value that a person gives on the command line or in the notebook (a path's bytes, or the text itself).
   * Absent: cannot be a graph input.
   */
  readonly fromUser?: (given: UserGiven) => Promise<T>;
  /** What reading a given file may cost, where `LIMITS` of `@soliloquy/decoding` are not right. */
  readonly giving?: Giving;
}

/** Whether what a module exports is a port type: told by what it does, as those of a project come from elsewhere. */
export function isPortType(value: unknown): value is PortType {
  return typeof value === 'object' && value !== null && 'id' in value && 'encode' in value && 'decode' in value;
}

/** A file that a person gives is read in a process of its own, which is killed at its limits. */
export interface Giving {
  /** of the clock */
  readonly seconds?: number;
  /** memory of the process, MiB */
  readonly mebibytes?: number;
  /** A file up to this size is read by whoever asks: for types whose reading is a matter of milliseconds. bytes */
  readonly hereBytes?: number;
}

/** What a person gave for an input of a graph. */
export type UserGiven =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array };

/** The value type of a port type. */
export type ValueOf<P> = P extends PortType<infer T> ? T : never;
