/** What one arm of the picture can do. */
export interface ArmMeans {
  /**
   * 'free': hand and forearm are seen and nothing holds them; 'shoulder': only the shoulder may move (hand outside the
   * frame, in a pocket, holding something fixed, unsure)
   */
  readonly freedom: 'free' | 'shoulder';
  /**
   * rest place of the wrist, sw, from the middle of the shoulders: outward (away from the body's middle, negative when
   * the hand lies beyond the middle), down
   */
  readonly rest: { readonly out: number; readonly down: number };
  /** how far the wrist may move from rest, sw: inward (towards and beyond the middle), outward, up, down; all >= 0 */
  readonly reach: { readonly inward: number; readonly outward: number; readonly up: number; readonly down: number };
}

/**
 * What the picture's body can gesture with; an arm that the picture does not show at all is absent. sw is the distance
 * of the shoulder joints in the picture.
 */
export interface BodyMeans {
  readonly left?: ArmMeans;
  readonly right?: ArmMeans;
  /** hands touch at rest: they move as one */
  readonly clasped: boolean;
}
