import { FRONT, type Orbit } from '@soliloquy/gaussian-cloud/orbit';

/** From where Gaussians are seen; views that share it turn together. */
export class SharedCamera {
  orbit = $state.raw<Orbit>(FRONT);
}
