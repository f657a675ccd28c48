const CSS = `
:host { display: inline-block; position: relative; max-width: 100%; font: 16px/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
.stage { position: relative; max-width: 100%; touch-action: none; outline-offset: 2px; }
.stage:focus-visible { outline: 3px solid #1d5fbf; }
canvas { display: block; width: 100%; height: auto; }
p { position: absolute; inset: auto 0 0 0; margin: 0; padding: 0.6em 0.8em; color: #fff; background: #14171ce6; }
p:empty { display: none; }
.controls { display: flex; flex-wrap: wrap; gap: 0.5em; padding: 0.5em 0; }
button { font: inherit; padding: 0.4em 0.9em; border: 1px solid #5b6470; border-radius: 6px; color: #14171c;
  background: #fff; cursor: pointer; }
button:focus-visible { outline: 3px solid #1d5fbf; outline-offset: 2px; }
button:disabled { color: #5b6470; background: #eceef1; cursor: default; }
`;

let made: CSSStyleSheet | undefined;

/** One sheet for all elements; a page's policy needs to allow no inline style for it. */
export function sheet(): CSSStyleSheet {
  if (made === undefined) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
