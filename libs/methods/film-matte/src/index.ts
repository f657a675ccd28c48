export { matteOfFilm } from './matte-of-film.ts';
export { softMatte } from './soft-matte.ts';
