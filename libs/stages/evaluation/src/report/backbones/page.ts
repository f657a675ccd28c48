import { encodeMp4, encodePng } from '@soliloquy/media';
import { escapeHtml, htmlPage, metricsFigure } from '@soliloquy/page';
import type { Image, Video } from '@soliloquy/ports';
import type { RunOf } from '@soliloquy/stage';
import { contactSheet } from '../contact-sheet.ts';
import type { reportStage } from '../stage.ts';

const STYLE = `
body { max-width: 1080px; }
table { width: 100%; }
.film { display: flex; flex-wrap: wrap; gap: 12px; }
.film > * { width: auto; height: auto; max-width: 48%; max-height: 70vh; }
video { background: #000; }
.sheet { width: 100%; max-height: none; }
`;

/** The film with its picture, frames of it, and a table with curves for each node that gave figures. */
export const run: RunOf<typeof reportStage, 'page'> = async ({ video, picture, metrics }, params, ctx) => {
  const sheet = await contactSheet(video, 6, 2, video.width > video.height ? 320 : 220);
  await ctx.step(1, 3, 'contact sheet');
  const film = await encodeMp4(video);
  await ctx.step(2, 3, 'film');
  const parts = [
    section('Film', `<div class="film">${filmHtml(video, film)}${picture ? await pictureHtml(picture) : ''}</div>`),
    section(
      'Frames',
      `<img class="sheet" alt="Frames of the film, evenly spaced" src="${pngUrl(await encodePng(sheet))}">`,
    ),
  ];
  for (const [title, elements] of Map.groupBy(metrics ?? [], (each) => each.title))
    parts.push(section(title, metricsFigure(elements.map(({ value }) => value))));
  const body = [`<h1>${escapeHtml(params.title)}</h1>`, ...parts].join('\n');
  return { report: { html: htmlPage({ title: params.title, body, style: STYLE }) }, sheet };
};

/** `content` is HTML, `title` is text. */
function section(title: string, content: string): string {
  return `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;
}

function filmHtml({ width, height }: Video, mp4: Uint8Array): string {
  const size = `width="${width}" height="${height}"`;
  return `<video controls playsinline ${size} src="data:video/mp4;base64,${base64(mp4)}"></video>`;
}

async function pictureHtml(picture: Image): Promise<string> {
  return `<img alt="The picture" src="${pngUrl(await encodePng(picture))}">`;
}

function pngUrl(png: Uint8Array): string {
  return `data:image/png;base64,${base64(png)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
