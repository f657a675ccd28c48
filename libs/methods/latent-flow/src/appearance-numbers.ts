/** What of a face changes beside the motion of points, in the order of its numbers; the person's own sides. */
export const APPEARANCE = ['leftLid', 'rightLid', 'mouthDark', 'mouthBright'] as const;
