import { TRACK_PARTS, type TrackPart } from '@soliloquy/ports';
import { partBoxes, type PartBoxes } from './part-boxes.ts';
import type { PersonTracks, PointPath } from './person-tracks.ts';

/** Boxes of the parts of the person of a film, at any of its frames. */
export class FilmBoxes {
  readonly #person: PersonTracks;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #parts: ReadonlySet<TrackPart>;
  readonly #paths = new Map<string, PointPath>();

  constructor(person: PersonTracks, size: { readonly width: number; readonly height: number }) {
    this.#person = person;
    this.#size = size;
    this.#parts = new Set(TRACK_PARTS.filter((part) => person.has(part)));
  }

  at(frame: number): PartBoxes {
    return partBoxes((part, name) => {
      if (!this.#parts.has(part)) return undefined;
      const { x, y, seen } = this.#path(part, name);
      return seen[frame] === 1 ? { x: x[frame], y: y[frame] } : undefined;
    }, this.#size);
  }

  #path(part: TrackPart, name: string | number): PointPath {
    const key = `${part}.${name}`;
    const known = this.#paths.get(key) ?? this.#person.path(part, name);
    this.#paths.set(key, known);
    return known;
  }
}
