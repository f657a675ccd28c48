import type { PortType, Preview } from '@soliloquy/ports';
import { viewerOf } from '@soliloquy/ports/viewers';

/**
 * A preview with the viewer that its type declares. What was kept beside a result may lack it, or name one of an older
 * version.
 */
export function shownBy(type: PortType | undefined, { summary, file, as }: Preview): Preview {
  const viewer = viewerOf(type, { as });
  return { summary, ...(file !== undefined && { file }), ...(viewer !== undefined && { as: viewer }) };
}
