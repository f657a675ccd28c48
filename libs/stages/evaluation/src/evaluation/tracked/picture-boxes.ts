import type { Image } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { BODY, HAND_POINTS, Networks, PersonTracker, type BodyPoint } from '@soliloquy/whole-body';
import { partBoxes, type PartBoxes } from './part-boxes.ts';
import { SEEN } from './person-tracks.ts';

/** Boxes of the parts of the person in a picture, found as in a film; none where it shows nobody. */
export async function pictureBoxes(image: Image, ctx: StageContext): Promise<PartBoxes> {
  const networks = new Networks({ threads: ctx.threads });
  try {
    const { person } = await new PersonTracker(networks).next(image);
    if (!person) return {};
    const { body, face, hands } = person;
    const points = {
      body: body?.points,
      face: face?.points,
      leftHand: hands.left?.points,
      rightHand: hands.right?.points,
    };
    return partBoxes((part, name) => {
      const place = { body: BODY, face: undefined, leftHand: JOINTS, rightHand: JOINTS }[part]?.[name as never] ?? name;
      const point: BodyPoint | undefined = points[part]?.[Number(place)];
      return point && point.confidence >= SEEN ? point : undefined;
    }, image);
  } finally {
    await networks.dispose();
  }
}

const JOINTS = Object.fromEntries(HAND_POINTS.map((name, i) => [name, i]));
