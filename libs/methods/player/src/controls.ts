import type { SoliloquyAvatar } from './element.ts';
import type { PlayerState } from './player-event.ts';

/** Buttons below an avatar. */
export interface Controls {
  update(state: PlayerState, isPlaying: boolean): void;
  remove(): void;
}

/** Adds the buttons: the microphone, a file, pause and stop. */
export function addControls(root: ShadowRoot, element: SoliloquyAvatar): Controls {
  const bar = document.createElement('div');
  bar.className = 'controls';
  const button = (text: string, act: () => unknown): HTMLButtonElement => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', () => void act());
    bar.append(made);
    return made;
  };
  const file = document.createElement('input');
  file.type = 'file';
  file.accept = 'audio/*';
  file.hidden = true;
  file.setAttribute('aria-label', 'A recording');
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen !== undefined) void element.play(chosen);
    file.value = '';
  });
  let isPaused = false;
  const talk = button('Talk to it', () => element.listen());
  const play = button('Play a recording', () => file.click());
  const stop = button('Stop', () => element.stop());
  const pause = button('Pause', () => (isPaused ? element.player.resume() : element.player.pause()));
  bar.append(file);
  root.append(bar);
  return {
    update(state, isPlaying) {
      isPaused = state === 'paused';
      const isReady = state !== 'opening' && state !== 'failed';
      talk.disabled = play.disabled = !isReady;
      stop.disabled = !isPlaying;
      pause.disabled = state !== 'listening' && state !== 'paused';
      pause.textContent = isPaused ? 'Go on' : 'Pause';
    },
    remove: () => bar.remove(),
  };
}
