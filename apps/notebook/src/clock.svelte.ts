/** The page's clock for times that are shown: ms, twice a second. */
class Clock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => {
      this.now = Date.now();
    }, 500);
  }
}

export const clock = new Clock();
