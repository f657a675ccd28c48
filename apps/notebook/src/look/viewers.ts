import type { Component } from 'svelte';
import type { WirePreview } from '@soliloquy/gateway/protocol';
import type { Viewer } from '@soliloquy/ports/viewers';
import type { ShownValue } from './shown-value.ts';
import FileView from './views/FileView.svelte';
import FilmView from './views/FilmView.svelte';
import FramedView from './views/FramedView.svelte';
import ImageView from './views/ImageView.svelte';
import MetricsView from './views/MetricsView.svelte';
import SmallFilm from './views/SmallFilm.svelte';
import SmallMetrics from './views/SmallMetrics.svelte';
import SmallPicture from './views/SmallPicture.svelte';
import SmallSound from './views/SmallSound.svelte';
import SmallText from './views/SmallText.svelte';
import SoundView from './views/SoundView.svelte';
import TextFileView from './views/TextFileView.svelte';

/** What every viewer is given. */
export interface ViewProps {
  readonly value: ShownValue;
  /** the file of its artifact that is shown */
  readonly file: string;
  /** what it is, in words */
  readonly label: string;
  /** node and port that gave it: what a motion moves is found from there */
  readonly from?: { readonly node: string; readonly port: string };
}

/** How values of one viewer are shown. */
interface Views {
  /** all of it; what weighs much is loaded when it is first asked for */
  readonly whole: Component<ViewProps> | { readonly load: () => Promise<{ readonly default: Component<ViewProps> }> };
  /** on a node's card; where left out, the line of summary */
  readonly small?: Component<ViewProps>;
  /** whether the gateway makes a small picture of its file */
  readonly pictured?: true;
}

/** What shows a value is what its type declares; here and nowhere else of the page it is told how. */
const VIEWS: Readonly<Record<Viewer, Views>> = {
  video: { whole: FilmView, small: SmallFilm, pictured: true },
  image: { whole: ImageView, small: SmallPicture, pictured: true },
  gaussians: { whole: { load: () => import('./gaussians/StillView.svelte') } },
  deformation: { whole: { load: () => import('./gaussians/MovingView.svelte') } },
  tracks: { whole: { load: () => import('./tracks/TracksView.svelte') } },
  avatar: { whole: { load: () => import('./avatar/AvatarView.svelte') } },
  audio: { whole: SoundView, small: SmallSound },
  html: { whole: FramedView },
  metrics: { whole: MetricsView, small: SmallMetrics },
  json: { whole: FileView },
  text: { whole: TextFileView, small: SmallText },
};
/** A type may have a viewer that this page does not know, or none. */
const UNKNOWN: Views = { whole: FileView };

export function viewsOf({ as }: WirePreview): Views {
  return as === undefined ? UNKNOWN : (VIEWS[as] ?? UNKNOWN);
}
