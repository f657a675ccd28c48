import { encodeMp4, encodePng } from '@soliloquy/media';
import type { Metrics } from '@soliloquy/ports';
import type { RunOf } from '@soliloquy/stage';
import { contactSheet } from '../contact-sheet.ts';
import { curveSvg, metricsTable, page, section } from '../page.ts';
import type { reportStage } from '../stage.ts';

export const run: RunOf<typeof reportStage, 'page'> = async (
  { video, picture, evaluation, canonical, fit, alignment, motion },
  params,
  ctx,
) => {
  const sheet = await contactSheet(video, 6, 2, video.width > video.height ? 320 : 220);
  await ctx.step(1, 3, 'contact sheet');
  const film = base64(await encodeMp4(video));
  await ctx.step(2, 3, 'film');
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
  const add = (title: string, metrics: readonly Metrics[] | undefined): void => {
    if (!metrics || metrics.length === 0) return;
    const curves = Object.entries(metrics[0].curves ?? {}).map(([name, values]) => curveSvg(name, values));
    parts.push(
      section(title, metricsTable(metrics) + (curves.length > 0 ? `<div class="curves">${curves.join('')}</div>` : '')),
    );
  };
  add('The film in figures', evaluation && [evaluation]);
  add('Canonical Gaussians', canonical && [canonical]);
  add('Fitted clips', fit);
  add('Alignment', alignment && [alignment]);
  add('Motion diffusion', motion && [motion]);
  return { report: { html: page(params.title, parts) }, sheet };
};

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
