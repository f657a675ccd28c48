/** What of a face changes beside the motion of points, in the order in which numbers of it stand; the person's sides. */
export const APPEARANCE = ['leftLid', 'rightLid', 'mouthDark', 'mouthBright'] as const;
