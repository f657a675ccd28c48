export { assetsAt, assetsInPage } from './assets.ts';
export { AvatarPlayer, ORBIT_LIMITS } from './avatar-player.ts';
export { define, SoliloquyAvatar } from './element.ts';

export type { AssetName, Assets } from './assets.ts';
export type { PlayerEvent, PlayerOptions, PlayerState } from './avatar-player.ts';
export type { AvatarFacts, View } from './messages.ts';
export type { Shown } from './presenter.ts';
