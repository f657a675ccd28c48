import { encodeMp4, encodePng } from '@soliloquy/media';
import type { Metrics } from '@soliloquy/ports';
import type { RunOf } from '@soliloquy/stage';
import { contactSheet } from '../contact-sheet.ts';
import { curveSvg, metricsTable, page, section } from '../page.ts';
import type { reportStage } from '../stage.ts';

export const run: RunOf<typeof reportStage, 'page'> = async ({ video, picture, metrics }, params, ctx) => {
  const sheet = await contactSheet(video, 6, 2, video.width > video.height ? 320 : 220);
  ctx.progress(1, 3, 'contact sheet');
  const film = base64(await encodeMp4(video));
  ctx.progress(2, 3, 'film');
  const parts = [
    section(
      'Film',
      `<video controls playsinline width="${video.width}" height="${video.height}" src="data:video/mp4;base64,${film}"></video>` +
        (picture
          ? `<img class="picture" alt="The picture" src="data:image/png;base64,${base64(await encodePng(picture))}">`
          : ''),
    ),
    section(
      'Frames',
      `<img class="sheet" alt="Frames of the film, evenly spaced" src="data:image/png;base64,${base64(await encodePng(sheet))}">`,
    ),
  ];
  for (const [title, elements] of Map.groupBy(metrics ?? [], (each) => each.title))
    parts.push(
      metricsSection(
        title,
        elements.map(({ value }) => value),
      ),
    );
  return { report: { html: page(params.title, parts) }, sheet };
};

/** One node's figures: a column for each element, and the curves of the first. */
function metricsSection(title: string, all: readonly Metrics[]): string {
  const { curves = {}, about = {} } = all[0];
  const drawn = Object.entries(curves).map(([name, values]) => curveSvg(name, values, about[name]));
  return section(title, metricsTable(all) + (drawn.length > 0 ? `<div class="curves">${drawn.join('')}</div>` : ''));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
