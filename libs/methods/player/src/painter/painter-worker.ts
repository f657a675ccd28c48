import type { PersonFrame } from '@soliloquy/motion-stream';
import { decodeSpz, openRasterizer, SplatError, type DeviceRasterizer } from '@soliloquy/splat';
import { aMessageLater } from '../a-message-later.ts';
import { reasonOf } from '../fault.ts';
import type { FromPainter, ToPainter, ToPainterFromMind, View } from '../messages.ts';
import { backgroundFrom } from './background.ts';
import { FrameQueue } from './frame-queue.ts';
import { Painter, type BackgroundOf } from './painter.ts';
import { SizeChoice } from './size-choice.ts';

const tell = (message: FromPainter, transfer: Transferable[] = []): void => postMessage(message, { transfer });
const fail = (thrown: unknown): void => tell({ type: 'failed', message: reasonOf(thrown) });

const queue = new FrameQueue();
let start: (ToPainter & { type: 'open' }) | undefined;
let rasterizer: Promise<DeviceRasterizer> | undefined;
let person: Promise<{ painter: Painter; backgroundOf: BackgroundOf; sizes: SizeChoice }> | undefined;
let view: View | undefined;
let isBusy = false;
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener('message', ({ data }: MessageEvent<ToPainter>) => {
  if (data.type === 'open') {
    start = data;
    rasterizer = openFor(data.device);
    rasterizer.catch(fail);
  } else if (data.type === 'mind') {
    data.port.addEventListener('message', ({ data: told }: MessageEvent<ToPainterFromMind>) => heard(told));
    data.port.start();
  } else if (data.type === 'clock') {
    queue.clock = data;
    void work();
  } else {
    view = data.view;
    // Where no frame follows, what is seen changes all the same.
    if (queue.next(now()) === undefined) void rest();
  }
});

function heard(told: ToPainterFromMind): void {
  if (told.type === 'frames') {
    queue.add(told.frames, told.stretch);
    void work();
    return;
  }
  person = openPerson(told);
  person.then(rest, fail);
}

async function openPerson({ camera, count, gaussians, rig, background }: ToPainterFromMind & { type: 'person' }) {
  const arrays = await decodeSpz(gaussians);
  const { size, at } = await backgroundFrom(background);
  return {
    painter: new Painter({ camera, gaussians: { ...arrays, count }, rig }),
    backgroundOf: at,
    sizes: new SizeChoice(size),
  };
}

const now = (): number => performance.timeOrigin + performance.now();

/** The person at rest, where nobody is heard yet. */
async function rest(): Promise<void> {
  if (isBusy || view === undefined) return;
  isBusy = true;
  await draw(undefined).catch(fail);
  isBusy = false;
}

/** Draws what is due until nothing is; what comes meanwhile is heard in between. */
async function work(): Promise<void> {
  if (isBusy) return;
  isBusy = true;
  clearTimeout(timer);
  for (let next = queue.next(now()); next !== undefined; next = queue.next(now())) {
    if (typeof next === 'number') {
      timer = setTimeout(() => void work(), next);
      break;
    }
    await draw(next).catch(fail);
    await aMessageLater();
  }
  isBusy = false;
}

async function draw(frame: PersonFrame | undefined): Promise<void> {
  const made = await person;
  if (made === undefined || view === undefined) return;
  const { painter, backgroundOf, sizes } = made;
  const began = performance.now();
  const { stretch } = queue;
  const seen = { ...view, size: view.size ?? sizes.current };
  const paint = async () =>
    painter.paint(await (rasterizer as Promise<DeviceRasterizer>), frame?.pose, seen, backgroundOf);
  const { pixels, width, height } = await paint().catch((thrown: unknown) => withoutGpu(thrown).then(paint));
  const bitmap = await createImageBitmap(new ImageData(pixels, width, height));
  const milliseconds = performance.now() - began;
  if (frame !== undefined) {
    queue.drew(milliseconds);
    sizes.drew(milliseconds);
  }
  const opening = painter.openingOf(frame?.pose);
  tell({ type: 'drawn', frame: frame?.frame, stretch, bitmap, milliseconds, opening }, [bitmap]);
}

async function openFor(device: 'auto' | 'cpu' | 'webgpu', because?: string): Promise<DeviceRasterizer> {
  const { kernel, threads } = start as ToPainter & { type: 'open' };
  const opened = await openRasterizer({ device, threads, module: await WebAssembly.compile(kernel) });
  tell({ type: 'opened', by: opened.name, ...(because !== undefined && { because }) });
  return opened;
}

/** There is no GPU, there is none any more, or it is too small: WebAssembly draws from here on. */
async function withoutGpu(thrown: unknown): Promise<void> {
  const current = await rasterizer?.catch(() => undefined);
  const isGpu = thrown instanceof SplatError && ['splat.device', 'splat.memory'].includes(thrown.code);
  if (!isGpu || current?.device === 'cpu') throw thrown;
  current?.dispose();
  rasterizer = openFor('cpu', thrown.message);
}
