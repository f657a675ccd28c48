import type { Speech } from './speech.ts';

/** Page to the worker that speaks. */
export interface ToSpeech {
  readonly id: number;
  readonly text: string;
  readonly voice: string;
}

export type FromSpeech =
  | { readonly type: 'said'; readonly id: number; readonly speech: Speech }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
