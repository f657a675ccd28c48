import type { SoliloquyAvatar } from '@soliloquy/player';
import { Speaker } from '../src/speech.ts';

const [left, right] = document.querySelectorAll<SoliloquyAvatar>('soliloquy-avatar');
const button = document.querySelector('main > button') as HTMLButtonElement;
const speaker = new Speaker();
const LINES = [
  [left, 'slt', 'Hello. Who are you?'],
  [right, 'rms', 'I am the one on the right.'],
  [left, 'slt', 'Then I am on the left.'],
] as const;

const ready = (avatar: SoliloquyAvatar): Promise<unknown> =>
  new Promise((resolve) => avatar.addEventListener('ready', resolve, { once: true }));
void Promise.all([ready(left), ready(right)]).then(() => (button.disabled = false));

button.addEventListener('click', () => void talk());

/** Each line begins when the one before was said. */
async function talk(): Promise<void> {
  button.disabled = true;
  try {
    for (const [avatar, voice, line] of LINES) {
      const { samples, sampleRate } = await speaker.say(line, voice);
      await avatar.push(samples, sampleRate);
      await new Promise((resolve) => setTimeout(resolve, (1000 * samples.length) / sampleRate + 600));
    }
  } finally {
    button.disabled = false;
  }
}
