// The script of `soliloquy live`: the avatar is served beside it, and a voice where one was given.
import { define, type SoliloquyAvatar } from '../index.ts';

define();
const element = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
const button = document.querySelector<HTMLButtonElement>('button[data-voice]');
button?.addEventListener('click', () => void playVoice());
element.addEventListener('ready', () => button?.removeAttribute('disabled'));

async function playVoice(): Promise<void> {
  const response = await fetch('voice');
  if (response.ok) await element.play(await response.arrayBuffer());
}
