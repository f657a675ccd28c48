import type { FromSpeech, ToSpeech } from './speech-messages.ts';

/** One piece of speech, mono. */
export interface Speech {
  /** f32 -1 … 1 */
  readonly samples: Float32Array;
  /** Hz */
  readonly sampleRate: number;
}

/** Speech in the page, by CMU Flite in a worker of its own: Flite computes without a pause. */
export class Speaker {
  readonly #worker = new Worker(new URL('./speech-worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, PromiseWithResolvers<Speech>>();
  #asked = 0;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromSpeech>) => {
      const asked = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.type === 'said') asked?.resolve(data.speech);
      else asked?.reject(new Error(data.message));
    });
    this.#worker.addEventListener('error', ({ message }) => {
      for (const asked of this.#waiting.values()) asked.reject(new Error(message || 'the speech worker ended'));
      this.#waiting.clear();
    });
  }

  /** @param text one sentence or so @param voice of Flite @throws Error where Flite says nothing */
  say(text: string, voice: string): Promise<Speech> {
    const id = this.#asked++;
    const asked = Promise.withResolvers<Speech>();
    this.#waiting.set(id, asked);
    this.#worker.postMessage({ id, text, voice } satisfies ToSpeech);
    return asked.promise;
  }
}

/** Sentences of a text, in signs that Flite reads. */
export function sentencesOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[‘’]/g, "'")
    .replace(/[^\x20-\x7e\s]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return (
    plain
      .match(/[^.!?]+[.!?]*/g)
      ?.map((sentence) => sentence.trim())
      .filter(Boolean) ?? []
  );
}
