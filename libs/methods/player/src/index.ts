export { assetsAt, assetsInPage } from './assets.ts';
export { AvatarPlayer } from './avatar-player.ts';
export { define, SoliloquyAvatar } from './element.ts';
export { ORBIT_LIMITS } from './orbit-limits.ts';

export type { AssetName, Assets } from './assets.ts';
export type { PlayerOptions } from './avatar-player.ts';
export type { AvatarFacts, View } from './messages.ts';
export type { PlayerEvent, PlayerState } from './player-event.ts';
export type { Shown } from './presenter.ts';
