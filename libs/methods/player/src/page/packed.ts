// The script of a page that holds everything: the player's files and the avatar stand in elements of the page.
import { inflated } from '../assets.ts';
import { assetsInPage, define, type SoliloquyAvatar } from '../index.ts';

define(assetsInPage(document));
const element = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
const avatar = document.querySelector('script[data-avatar]')?.textContent ?? '';
void inflated(avatar).then((bytes) => element.open(bytes));
