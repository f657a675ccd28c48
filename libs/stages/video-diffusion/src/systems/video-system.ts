import type { ForeignSystem } from '@soliloquy/launcher/foreign-system';
import type { Landmarks, Tracks } from '@soliloquy/ports';
import type { FoundCheckout } from '@soliloquy/stage';
import type { FittedPicture } from './fitted-picture.ts';

/** Sides of a film, pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a system that has a longest film makes a longer one: by films that overlap. */
export interface Pieces {
  /** Frames of its longest film, as it comes from the script. */
  readonly most: number;
  /** Frames that two neighbours share; they are joined where they are most alike. */
  readonly overlap: number;
  /** With what the next film begins: the picture again, or the frame of the one before at which it is joined. */
  readonly begins: 'picture' | 'frame';
}

/**
 * A video system of others: what its script wants, and what it does to time and size. The same code runs all of them.
 */
export interface VideoSystem<P = Readonly<Record<string, unknown>>> {
  readonly system: ForeignSystem;
  /** Frames a second of its films; `undefined` where only the film says. */
  readonly fps: number | undefined;
  /**
   * Frame of its film at which the voice that it was given begins: a lead-in of silence and a frame of the picture
   * count, fractions too; negative where the film begins after the voice.
   */
  readonly lead: number;
  readonly pieces?: Pieces;
  /** Frames that it makes when so many are wanted: at least as many. As many, when left out. */
  readonly lengths?: (frames: number) => number;
  /** The size to which it brings a picture of these sides: the picture is fitted into it, so that nothing is cut. */
  readonly size: (picture: Size, params: P) => Size;
  /** Writes what the script reads beside picture and voice, and says how it is run and where its film is. */
  readonly command: (task: SystemTask<P>) => Promise<SystemCommand> | SystemCommand;
}

/** One film that a system is asked for. */
export interface SystemTask<P> {
  /** Of the task, free to write to; absolute. */
  readonly folder: string;
  /** Unlike that of any other task: what a script names after its inputs is found by it. */
  readonly id: string;
  readonly checkout: FoundCheckout;
  /** PNG of `size`. */
  readonly picture: string;
  /** WAV, exactly as long as `frames` after the lead-in. */
  readonly voice: string;
  readonly prompt: string;
  readonly size: Size;
  /** Of the film as it comes from the script, with its lead-in. */
  readonly frames: number;
  /** Seconds of the voice file. */
  readonly seconds: number;
  /** 0 … 2^31-1 */
  readonly seed: number;
  readonly params: P;
  /** Of the picture as it was given, and how that lies in `picture`. */
  readonly landmarks: Landmarks;
  readonly fitted: FittedPicture;
  /** Movements to take over, from the frame on that this film begins with. */
  readonly tracks?: Tracks | undefined;
  readonly from: number;
}

/** How a script is run. Every list is program and arguments. */
export interface SystemCommand {
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** Run before it. */
  readonly before?: readonly [string, ...string[]];
  /** Where the film is: patterns in the checkout, or in `folder`. */
  readonly result: {
    readonly folder: string;
    readonly patterns: readonly string[];
    readonly elsewhere: readonly string[];
  };
  /** What it leaves in the checkout and nobody else needs: patterns, each with the id of the task. */
  readonly leaves?: readonly string[];
}

/** Declares a video system; its params are those of the backbone. */
export function videoSystem<P>(system: VideoSystem<P>): VideoSystem<P> {
  return system;
}
