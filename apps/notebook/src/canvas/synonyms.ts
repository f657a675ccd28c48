/** Other words that people look for things by: of types, stages and what else can be added, by id. */
const SYNONYMS: Readonly<Record<string, string>> = {
  image: 'picture photo photograph portrait upload file',
  audio: 'voice sound recording speech wav mp3 upload file',
  video: 'film movie clip footage upload file',
  text: 'sentence line words prompt',
  avatar: 'person upload file',
  landmarks: 'face points keypoints joints',
  gaussians: 'splats 3dgs ply',
  'text-to-speech': 'tts voice say speak',
  'text-to-image': 'picture photo portrait generate',
  'video-diffusion': 'animate talking head film clip',
  'splat-renderer': 'render film rasterise rasterize',
  'deformation-fit': 'train fit motion',
  comment: 'note text sticky',
};

export function synonymsOf(...ids: readonly string[]): string {
  return ids.flatMap((id) => SYNONYMS[id] ?? []).join(' ');
}
