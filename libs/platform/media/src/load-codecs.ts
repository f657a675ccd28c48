type Mediabunny = typeof import('mediabunny');

let loaded: Promise<Mediabunny> | undefined;

/**
 * mediabunny, imported when the first film or compressed sound is touched. It speaks to the WebCodecs of its
 * surroundings: a browser has them, in Node those of @napi-rs/webcodecs are put on `globalThis`. This is the one place
 * that knows that package (and the x264 in it).
 */
export function loadCodecs(): Promise<Mediabunny> {
  loaded ??= (async () => {
    if (!('VideoEncoder' in globalThis)) {
      const codecs = await import('@napi-rs/webcodecs');
      for (const [name, value] of Object.entries(codecs))
        if (!(name in globalThis))
          Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    const mediabunny = await import('mediabunny');
    // What it would print is said in our own errors and notices.
    mediabunny.Logging.level = mediabunny.LogLevel.Silent;
    return mediabunny;
  })();
  return loaded;
}

/**
 * Holds the event loop open until disposed: the codecs work on threads of their own which Node does not count, so a
 * process that only waits for them would end in silence.
 */
export function holdEventLoop(): Disposable {
  const timer = setInterval(() => {}, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
