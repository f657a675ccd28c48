import { overlap, type Box, type Point } from '../graph/box.ts';
import { FOOTER_HEIGHT, HEADER_HEIGHT, PREVIEW_HEIGHT } from '../graph/card-size.ts';
import type { NodeState } from '../graph/node-state.ts';
import { stateColour, stateForms } from '../run/state-forms.ts';
import type { Ink } from './ink.ts';
import { linkBend } from './link-curve.ts';

/** A frame around nodes. */
export interface PaintedGroup {
  readonly box: Box;
  readonly title: string;
  readonly selected: boolean;
}

export interface PaintedLink {
  readonly from: Point;
  readonly to: Point;
  readonly colour: string;
  readonly selected: boolean;
  readonly idle: boolean;
}

/** A node, an input or a comment that is not made of elements. */
export interface PaintedCard {
  readonly name: string;
  readonly kind: 'node' | 'input' | 'comment';
  readonly state?: NodeState;
  readonly skipped: boolean;
  /** of a node */
  readonly backbone?: string;
  /** whether the baseline has another */
  readonly swapped?: boolean;
  /** of an input: its type's */
  readonly colour?: string;
  /** from its upper left corner */
  readonly sockets: readonly { readonly at: Point; readonly colour: string; readonly filled: boolean }[];
}

/** How it is looked at. Units of the context are those of the canvas. */
export interface Sight {
  /** pixels of the view for one of the canvas */
  readonly k: number;
  /** on the canvas */
  readonly seen: Box;
  readonly far: boolean;
}

/** Below this zoom a socket is a speck: it is neither painted nor can a link be drawn from it. */
export const SOCKETS_FROM = 0.18;
/** The same of pictures. */
export const PICTURES_FROM = 0.12;
/** Letters below this many pixels of the view are none. */
const LEAST_LETTERS = 4.5;

export function paintGroup(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { k, far, seen }: Sight,
  { box, title, selected }: PaintedGroup,
): void {
  if (!overlap(box, seen)) return;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, 14);
  context.fillStyle = ink.colour('color-mix(in oklch, var(--accent-wash) 45%, transparent)');
  context.fill();
  context.strokeStyle = ink.colour(selected ? 'var(--accent)' : 'var(--line)');
  context.lineWidth = 1 / Math.min(1, k);
  context.stroke();
  if (!far) return;
  // near by the title is a field that can be written in
  const size = Math.min(12 / k, box.width / 6);
  context.font = ink.font(size, 640);
  context.fillStyle = ink.colour('var(--ink-soft)');
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(title, box.x + 10, box.y - size * 0.3, box.width - 20);
}

/** From near one by one, those in sight. */
export function paintLink(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { k, seen }: Sight,
  { from, to, colour, selected, idle }: PaintedLink,
): void {
  const [bent, unbent] = linkBend(from, to);
  const left = Math.min(from.x, unbent);
  const top = Math.min(from.y, to.y);
  if (!overlap({ x: left, y: top - 2, width: Math.max(bent, to.x) - left, height: Math.abs(to.y - from.y) + 4 }, seen))
    return;
  context.lineWidth = Math.max(selected ? 3.5 : 2, (selected ? 2 : 0.7) / k);
  strokeLink(
    context,
    ink.colour(selected ? 'var(--accent)' : colour),
    selected ? 1 : idle ? 0.4 : 0.75,
    idle,
    linkCurve(new Path2D(), from, to),
  );
}

/** Links of one look, as one curve: from afar hundreds are in sight, and a stroke for each costs half a frame. */
export interface LinkBundle {
  readonly colour: string;
  readonly idle: boolean;
  readonly curve: Path2D;
}

export function bundleLinks(links: readonly PaintedLink[]): LinkBundle[] {
  const bundles = new Map<string, LinkBundle>();
  for (const { from, to, colour, idle } of links) {
    const key = `${colour} ${idle}`;
    const bundle = bundles.get(key) ?? { colour, idle, curve: new Path2D() };
    bundles.set(key, bundle);
    linkCurve(bundle.curve, from, to);
  }
  return [...bundles.values()];
}

export function paintBundle(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { k }: Sight,
  { colour, idle, curve }: LinkBundle,
): void {
  context.lineWidth = Math.max(2, 0.7 / k);
  strokeLink(context, ink.colour(colour), idle ? 0.4 : 0.75, idle, curve);
}

function strokeLink(
  context: CanvasRenderingContext2D,
  colour: string,
  alpha: number,
  dashed: boolean,
  curve: Path2D,
): void {
  context.strokeStyle = colour;
  context.globalAlpha = alpha;
  if (dashed) context.setLineDash([5, 5]);
  context.stroke(curve);
  if (dashed) context.setLineDash([]);
  context.globalAlpha = 1;
}

function linkCurve(curve: Path2D, from: Point, to: Point): Path2D {
  const [bent, unbent] = linkBend(from, to);
  curve.moveTo(from.x, from.y);
  curve.bezierCurveTo(bent, from.y, unbent, to.y, to.x, to.y);
  return curve;
}

/** A link that is being drawn. */
export function paintDraft(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { k }: Sight,
  from: Point,
  to: Point,
  refused: boolean,
): void {
  context.strokeStyle = ink.colour(refused ? 'var(--bad)' : 'var(--ink)');
  context.lineWidth = Math.max(2.5, 1.5 / k);
  context.setLineDash([6 / Math.min(1, k), 4 / Math.min(1, k)]);
  context.stroke(linkCurve(new Path2D(), from, to));
  context.setLineDash([]);
}

/**
 * A card as a box with its name, its state and its sockets, as far as they can be told apart. @param picture what it
 * made
 */
export function paintCard(
  context: CanvasRenderingContext2D,
  ink: Ink,
  sight: Sight,
  box: Box,
  card: PaintedCard,
  picture?: HTMLImageElement,
): void {
  const { state, skipped } = card;
  if (!overlap(box, sight.seen)) return;
  const { k, far } = sight;
  context.beginPath();
  // corners that cannot be seen are not rounded: it costs three times as much
  if (k < 0.15) context.rect(box.x, box.y, box.width, box.height);
  else context.roundRect(box.x, box.y, box.width, box.height, 10);
  context.fillStyle = ink.colour(
    card.kind === 'comment' ? 'var(--note)' : skipped ? 'var(--paper-sunk)' : 'var(--paper)',
  );
  context.fill();
  const bad = state?.kind === 'wrong' || state?.kind === 'failed';
  context.strokeStyle = ink.colour(card.kind === 'comment' ? 'var(--note-line)' : bad ? 'var(--bad)' : 'var(--line)');
  context.lineWidth = (bad ? 1.5 : 1) / Math.min(1, k);
  if (skipped) context.setLineDash([4 / k, 3 / k]);
  context.stroke();
  context.setLineDash([]);
  if (card.kind === 'input') {
    context.fillStyle = ink.colour(card.colour ?? 'var(--line)');
    context.beginPath();
    context.roundRect(box.x, box.y, Math.max(4, 2 / k), box.height, [10, 0, 0, 10]);
    context.fill();
  }
  if (card.kind === 'comment') paintNote(context, ink, sight, box, card.name);
  else if (far) paintAfar(context, ink, sight, picture === undefined ? box : paintPicture(context, box, picture), card);
  else paintHeader(context, ink, box, card);
  if (k < SOCKETS_FROM) return;
  context.lineWidth = 2;
  for (const { at, colour, filled } of card.sockets) {
    context.beginPath();
    context.arc(box.x + at.x, box.y + at.y, 4.5, 0, 2 * Math.PI);
    context.fillStyle = filled ? ink.colour(colour) : ink.colour('var(--paper)');
    context.fill();
    context.strokeStyle = ink.colour(colour);
    context.stroke();
  }
}

/** Around what is selected; twice around what the keyboard is on. */
export function paintRing(context: CanvasRenderingContext2D, ink: Ink, { k }: Sight, box: Box, lead: boolean): void {
  context.strokeStyle = ink.colour('var(--accent)');
  context.lineWidth = 2 / k;
  const room = (lead ? 3 : 0) / k;
  context.beginPath();
  context.roundRect(box.x - room, box.y - room, box.width + 2 * room, box.height + 2 * room, 10 + room);
  context.stroke();
}

/** Pixels of the view that letters have where a card has room for lines of that height. */
const READABLE = 11;
/** Of a line of text, in its letters' height. */
const LINE_HEIGHT = 1.12;
/** Of a letter, to its height. */
const LETTER_WIDTH = 0.58;

/**
 * How high the letters of a card's lines are, from afar: the name as large as it fits, its backbone smaller; both so
 * large that they can be read, where the card is high enough for that.
 *
 * @param k pixels of the view for one of the canvas
 * @returns in units of the canvas
 */
export function afarLetters(
  { width, height }: Pick<Box, 'width' | 'height'>,
  name: string,
  k: number,
): { readonly name: number; readonly backbone: number } {
  const fit = (width - 28) / (LETTER_WIDTH * Math.max(1, name.length));
  const readable = READABLE / k;
  // a low card gives its mark's place to what is read
  const least = 2 * readable * LINE_HEIGHT <= height ? readable : 0;
  const letters = Math.max(least, Math.min(46, height * 0.36, Math.max(fit, readable)));
  return { name: letters, backbone: Math.max(least, Math.min(height * 0.3, Math.max(letters * 0.62, readable))) };
}

/** As many letters as there is room for. */
export function shortened(text: string, letters: number, room: number): string {
  // a little narrower is still read well
  const most = Math.floor(room / (LETTER_WIDTH * 0.88 * letters));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

/** The name as large as it fits, its backbone and its state below. */
function paintAfar(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { k }: Sight,
  box: Box,
  { name, state, skipped, backbone, swapped }: PaintedCard,
): void {
  const room = box.width - 20;
  const letters = afarLetters(box, name, k);
  const lines = [
    { text: name, high: letters.name, weight: 600, colour: skipped ? 'var(--ink-soft)' : 'var(--ink)' },
    ...(backbone === undefined
      ? []
      : [
          {
            text: backbone,
            high: letters.backbone,
            weight: swapped ? 600 : 450,
            colour: swapped ? 'var(--accent)' : 'var(--ink-soft)',
          },
        ]),
  ].filter(({ high }) => high * k >= LEAST_LETTERS);
  const written = lines.reduce((sum, { high }) => sum + high * LINE_HEIGHT, 0);
  const gap = lines.length > 0 && state !== undefined ? 8 : 0;
  const mark =
    state === undefined
      ? 0
      : Math.max(0, Math.min(box.height * 0.6, Math.max(36, 9 / k), box.height - written - gap - 8));
  const middle = box.x + box.width / 2;
  let top = box.y + (box.height - mark - gap - written) / 2;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { text, high, weight, colour } of lines) {
    context.font = ink.font(high, weight);
    context.fillStyle = ink.colour(colour);
    context.fillText(shortened(text, high, room), middle, top + high / 2, room);
    top += high * LINE_HEIGHT;
  }
  if (state !== undefined && mark > 0) paintMark(context, ink, state, middle - mark / 2, top + gap, mark);
}

/** What a node made, below. @returns what is left of the card above it */
function paintPicture(context: CanvasRenderingContext2D, { x, y, width, height }: Box, picture: HTMLImageElement): Box {
  const room = { width: width - 16, height: PREVIEW_HEIGHT + FOOTER_HEIGHT - 12 };
  const scale = Math.min(room.width / picture.width, room.height / picture.height);
  const [across, down] = [picture.width * scale, picture.height * scale];
  context.drawImage(picture, x + (width - across) / 2, y + height - 8 - down, across, down);
  return { x, y, width, height: height - room.height - 12 };
}

/** Near by, for the moment until the card itself is made. */
function paintHeader(context: CanvasRenderingContext2D, ink: Ink, box: Box, { name, state }: PaintedCard): void {
  context.strokeStyle = ink.colour('var(--line)');
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(box.x, box.y + HEADER_HEIGHT);
  context.lineTo(box.x + box.width, box.y + HEADER_HEIGHT);
  context.stroke();
  if (state !== undefined) paintMark(context, ink, state, box.x + 12, box.y + 9, 14);
  context.font = ink.font(13, 620);
  context.fillStyle = ink.colour('var(--ink)');
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(name, box.x + (state === undefined ? 12 : 33), box.y + 17, box.width - 44);
}

function paintMark(
  context: CanvasRenderingContext2D,
  ink: Ink,
  { kind, share }: NodeState,
  x: number,
  y: number,
  size: number,
): void {
  context.save();
  context.translate(x, y);
  context.scale(size / 14, size / 14);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  const colour = ink.colour(stateColour(kind));
  for (const { path, as, dash } of stateForms(kind, share)) {
    const form = pathOf(path);
    context.globalAlpha = as === 'track' ? 0.25 : as === 'faint' ? 0.45 : 1;
    if (as === 'fill') {
      context.fillStyle = colour;
      context.fill(form);
      continue;
    }
    context.strokeStyle = as === 'on' ? ink.colour('var(--paper)') : colour;
    context.lineWidth = as === 'ring' || as === 'track' ? 2.4 : 1.5;
    context.setLineDash(dash === undefined ? [] : [...dash]);
    context.stroke(form);
  }
  context.restore();
}

/** A comment's words, as large as can be read, as far as they fit. */
function paintNote(context: CanvasRenderingContext2D, ink: Ink, { k }: Sight, box: Box, text: string): void {
  const letters = Math.min(Math.max(13, 11 / k), box.height * 0.3);
  if (letters * k < LEAST_LETTERS) return;
  context.font = ink.font(letters, 450);
  context.fillStyle = ink.colour('var(--ink)');
  context.textAlign = 'left';
  context.textBaseline = 'top';
  const lines = Math.floor((box.height - 16) / (letters * 1.4));
  let line = '';
  let at = 0;
  const put = (): void => {
    context.fillText(line, box.x + 12, box.y + 14 + at * letters * 1.4, box.width - 24);
    at += 1;
    line = '';
  };
  for (const word of text.split(/\s+/)) {
    if (at >= lines) return;
    if (line !== '' && context.measureText(`${line} ${word}`).width > box.width - 24) put();
    line = line === '' ? word : `${line} ${word}`;
  }
  if (at < lines && line !== '') put();
}

const paths = new Map<string, Path2D>();

function pathOf(text: string): Path2D {
  const path = paths.get(text) ?? new Path2D(text);
  paths.set(text, path);
  return path;
}
