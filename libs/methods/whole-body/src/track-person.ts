import type { Image } from '@soliloquy/media';
import { bodyRegion, findBody, type Body } from './body.ts';
import { faceRegion, findFace, type Face } from './face.ts';
import { bodyBelow, lookAtBody, lookAtFace, type WholeBody } from './find-person.ts';
import { findHand, handRegion, seekHand, showsWrist, SIDES, type Hand, type Side } from './hand.ts';
import { dropDoubledHand } from './hands-apart.ts';
import { faceEmbedding, identityDistance } from './identity.ts';
import type { Networks } from './networks.ts';
import { Picture } from './picture.ts';
import { seePeople, type Seen } from './see-people.ts';

/** A part with less presence is lost. */
const HELD = 0.5;
/** A person who comes back and is farther than this from the one who left is another (dlib's own line). */
const SAME_PERSON = 0.6;
/** Frames between two searches for a face or a hand that is lost, and between two with the palm detector. */
const SEEK_EVERY = 5;
const SEEK_THOROUGHLY_EVERY = 25;

/** What happened to the person who is tracked. */
export type TrackEvent = 'found' | 'lost' | 'other-person';

/** One frame. */
export interface TrackedFrame {
  /** Undefined where the person is not seen. */
  readonly person: WholeBody | undefined;
  /** How many people there are, where somebody was looked for; undefined while tracking holds. */
  readonly people: number | undefined;
  readonly event: TrackEvent | undefined;
}

/** How a film is tracked. */
export interface TrackOptions {
  /** Whether hands are looked at; without them it takes half the time. Default true. */
  readonly hands?: boolean;
}

/**
 * Follows the main person of a film. Regions come from the frame before, and no detector runs while the person is
 * held; a part that is lost is looked for now and then. A person who was lost is looked for in every frame; somebody
 * else, by the face, is told and not taken.
 *
 * Frames go in in their order. What comes out follows from them alone.
 */
export class PersonTracker {
  private readonly networks: Networks;
  private readonly hasHands: boolean;
  /** Frames since the person was found. */
  private held = 0;
  private last: WholeBody | undefined;
  /** Of the person's first face. */
  private identity: Float32Array | undefined;

  constructor(networks: Networks, { hands = true }: TrackOptions = {}) {
    this.networks = networks;
    this.hasHands = hands;
  }

  /** @param image the next frame; read until the promise settles */
  async next(image: Image): Promise<TrackedFrame> {
    this.held++;
    const picture = new Picture(image);
    const held = this.last?.body && (await this.follow(picture, this.last, this.last.body));
    if (held) {
      this.last = held;
      this.identity ??= held.face && (await faceEmbedding(this.networks, picture, held.face));
      return { person: held, people: undefined, event: undefined };
    }
    const wasHeld = this.last !== undefined;
    this.last = undefined;
    this.held = 0;
    const found = await this.search(picture);
    this.last = found.person;
    const event = found.event ?? (wasHeld && !found.person ? 'lost' : undefined);
    return { ...found, event: wasHeld && event === 'found' ? undefined : event };
  }

  /** The person in the frame after the one they were seen in; undefined where they are lost. */
  private async follow(picture: Picture, last: WholeBody, { circle }: Body): Promise<WholeBody | undefined> {
    const body = await findBody(this.networks, picture, { region: bodyRegion(circle), network: 'full' });
    if (body.presence < HELD) return undefined;
    return this.withParts(picture, body, last);
  }

  private async withParts(picture: Picture, body: Body, last: WholeBody | undefined): Promise<WholeBody> {
    const face = await this.followFace(picture, body, last?.face);
    if (!this.hasHands) return { body, face, hands: {} };
    const hands: Partial<Record<Side, Hand>> = {};
    for (const side of SIDES) {
      const hand = await this.followHand(picture, { body, side }, last?.hands[side]);
      if (hand) hands[side] = hand;
    }
    return { body, face, hands: dropDoubledHand(hands) };
  }

  private async followFace(picture: Picture, body: Body, last: Face | undefined): Promise<Face | undefined> {
    if (last) {
      const face = await findFace(this.networks, picture, faceRegion(last));
      if (face.presence >= HELD) return face;
    } else if (this.held % SEEK_EVERY !== 0) return undefined;
    const face = await lookAtFace(this.networks, picture, { body, seen: undefined });
    return face && face.presence >= HELD ? face : undefined;
  }

  private async followHand(
    picture: Picture,
    { body, side }: { readonly body: Body; readonly side: Side },
    last: Hand | undefined,
  ): Promise<Hand | undefined> {
    if (last) {
      const hand = await findHand(this.networks, picture, handRegion(last));
      if (hand.presence >= HELD) return hand;
    }
    const isTime = last !== undefined || this.held % SEEK_EVERY === 0;
    if (!isTime || !showsWrist(body, side, picture)) return undefined;
    const thorough = this.held % SEEK_THOROUGHLY_EVERY === 0;
    const hand = await seekHand(this.networks, picture, { body, side, thorough });
    return hand.presence >= HELD ? hand : undefined;
  }

  /** Looks for the person in a whole frame. */
  private async search(picture: Picture): Promise<TrackedFrame> {
    const seen = await seePeople(this.networks, picture);
    const people = seen.length;
    let event: TrackEvent | undefined;
    for (const each of seen) {
      const person = await this.lookAt(picture, each);
      if (person === undefined) continue;
      if (await this.isSame(picture, person.face)) return { person, people, event: 'found' };
      event = 'other-person';
    }
    return { person: undefined, people, event };
  }

  private async lookAt(picture: Picture, { person, body }: Seen): Promise<WholeBody | undefined> {
    const detected = body ?? (await bodyBelow(this.networks, picture, person));
    if (detected === undefined) return undefined;
    const found = await lookAtBody(this.networks, picture, { found: detected, network: 'full' });
    return found.presence < HELD ? undefined : this.withParts(picture, found, undefined);
  }

  /** Whether a face is the first one's; one that cannot be compared is. */
  private async isSame(picture: Picture, face: Face | undefined): Promise<boolean> {
    if (face === undefined) return true;
    const embedding = await faceEmbedding(this.networks, picture, face);
    this.identity ??= embedding;
    return identityDistance(this.identity, embedding) < SAME_PERSON;
  }
}
