import { ownProgram } from '@soliloquy/launcher/foreign-system';

/** A person's own program that runs Q-Align: `tools/export/q_align.py` is one. */
export const qAlignCommand = ownProgram('q-align', 'scores');
