import type { AvatarFacts } from './messages.ts';
import type { Shown } from './presenter.ts';

/** What a player does now. */
export type PlayerState = 'opening' | 'resting' | 'listening' | 'paused' | 'failed';

/** What a player tells; the element dispatches each under its type. */
export type PlayerEvent =
  | { readonly type: 'ready'; readonly facts: AvatarFacts; readonly pieceMs: number }
  | { readonly type: 'state'; readonly state: PlayerState; /** in words */ readonly message: string | undefined }
  | { readonly type: 'speaking'; readonly speaking: boolean }
  /** from the sound of a frame's middle to its picture, mean of a second */
  | { readonly type: 'latency'; readonly milliseconds: number }
  /** frames of the last second */
  | { readonly type: 'dropped'; readonly frames: number; readonly due: number }
  | { readonly type: 'shown'; readonly shown: Shown }
  | { readonly type: 'drawing'; readonly by: string; readonly because?: string };
