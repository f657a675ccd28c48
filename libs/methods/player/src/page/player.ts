// The script of the published player: the module, and the element made known.
import { define } from '../index.ts';

define();

export { assetsAt, assetsInPage, AvatarPlayer, define, ORBIT_LIMITS, SoliloquyAvatar } from '../index.ts';
