import type { SoliloquyAvatar } from '@soliloquy/player';
import { sentencesOf, Speaker } from '../src/speech.ts';

const avatar = document.querySelector('soliloquy-avatar') as SoliloquyAvatar;
const form = document.querySelector('form') as HTMLFormElement;
const text = document.querySelector('textarea') as HTMLTextAreaElement;
const voice = document.querySelector('select') as HTMLSelectElement;
const [say, stop] = document.querySelectorAll('button');
const status = document.querySelector('p[role=status]') as HTMLElement;
const speaker = new Speaker();
/** counts what was asked for: what is made of an earlier text is not said any more */
let turn = 0;

avatar.addEventListener('ready', () => (say.disabled = stop.disabled = false));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void speak(text.value, voice.value);
});
stop.addEventListener('click', () => {
  turn++;
  avatar.stop();
});

/** Says a text, sentence after sentence: the first is heard while the next is made. */
async function speak(what: string, by: string): Promise<void> {
  const mine = ++turn;
  avatar.stop();
  status.textContent = '';
  try {
    for (const sentence of sentencesOf(what)) {
      const { samples, sampleRate } = await speaker.say(sentence, by);
      if (mine !== turn) return;
      await avatar.push(samples, sampleRate);
    }
  } catch (thrown) {
    status.textContent = thrown instanceof Error ? thrown.message : String(thrown);
  }
}
