import { z } from 'zod';

/** Letters. */
const [LONGEST_NAME, LONGEST_NOTE] = [120, 4000];

/** What a person says of a run: `label.json` in its folder. */
export const runLabelSchema = z.object({
  name: z.string().max(LONGEST_NAME).optional(),
  note: z.string().max(LONGEST_NOTE).optional(),
});
export type RunLabel = z.infer<typeof runLabelSchema>;
