import { createRequire } from 'node:module';

/** A matrix in the memory of OpenCV's WebAssembly: lives until `delete()`. */
export interface Mat {
  readonly rows: number;
  readonly cols: number;
  /** u8 view; stale after the WebAssembly memory has grown, so take it again each time */
  readonly data: Uint8Array;
  readonly data32S: Int32Array;
  readonly data32F: Float32Array;
  readonly data64F: Float64Array;
  delete(): void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  /** left edge, pixels */
  readonly x: number;
  /** top edge, pixels */
  readonly y: number;
}

interface RectVector {
  size(): number;
  get(index: number): Box;
  delete(): void;
}

interface IntVector {
  get(index: number): number;
  delete(): void;
}

interface MatVector {
  push_back(mat: Mat): void;
  delete(): void;
}

interface Place {
  readonly x: number;
  readonly y: number;
}
type Color = readonly [number, number, number, number];

/** A boosted cascade (Viola and Jones 2001). */
export interface CascadeClassifier {
  load(file: string): boolean;
  detectMultiScale2(
    grey: Mat,
    boxes: RectVector,
    neighbours: IntVector,
    scaleFactor: number,
    minNeighbours: number,
    flags: number,
    minSize: Size,
    maxSize: Size,
  ): void;
  delete(): void;
}

/** The part of OpenCV 4.12 that this library calls. */
export interface OpenCv {
  readonly Mat: { new (): Mat; new (rows: number, cols: number, type: number): Mat };
  readonly Size: new (width: number, height: number) => Size;
  readonly Rect: new (x: number, y: number, width: number, height: number) => Box;
  readonly RectVector: new () => RectVector;
  readonly IntVector: new () => IntVector;
  readonly MatVector: new () => MatVector;
  readonly CascadeClassifier: new () => CascadeClassifier;
  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly CV_8UC4: number;
  readonly CV_32S: number;
  readonly CV_32SC2: number;
  readonly GC_INIT_WITH_MASK: number;
  readonly GC_EVAL: number;
  readonly INPAINT_TELEA: number;
  setRNGSeed(seed: number): void;
  grabCut(rgb: Mat, mask: Mat, rect: Box, background: Mat, foreground: Mat, iterations: number, mode: number): void;
  inpaint(rgb: Mat, mask: Mat, out: Mat, radius: number, method: number): void;
  /** `thickness` −1 fills; `lineType` 8 draws without soft edges. */
  line(on: Mat, from: Place, to: Place, color: Color, thickness: number, lineType: number, shift: number): void;
  circle(
    on: Mat,
    centre: Place,
    radius: number,
    color: Color,
    thickness: number,
    lineType: number,
    shift: number,
  ): void;
  fillPoly(on: Mat, outlines: MatVector, color: Color, lineType: number, shift: number, offset: Place): void;
  FS_createDataFile(
    folder: string,
    name: string,
    bytes: Uint8Array,
    canRead: boolean,
    canWrite: boolean,
    canOwn: boolean,
  ): void;
}

let loading: Promise<{ readonly cv: OpenCv }> | undefined;

/**
 * OpenCV as WebAssembly (`@techstark/opencv-js`, Apache-2.0), loaded once for each process.
 * Its module object is a thenable that never settles when awaited, so it is only ever handed on inside an object.
 */
export function loadOpenCv(): Promise<{ readonly cv: OpenCv }> {
  loading ??= new Promise((resolve) => {
    const cv = withoutItsHandlers(
      () => createRequire(import.meta.url)('@techstark/opencv-js') as OpenCv & { onRuntimeInitialized?: () => void },
    );
    if ('Mat' in cv) resolve({ cv });
    else (cv as { onRuntimeInitialized?: () => void }).onRuntimeInitialized = () => resolve({ cv });
  });
  return loading;
}

/**
 * The module takes over the process's uncaught errors when it is loaded: it throws them again from its own single line
 * of ten megabytes, which Node then prints. What it has hooked in is taken out again.
 */
function withoutItsHandlers<T>(load: () => T): T {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  const loaded = load();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event))
      if (!before[i].includes(listener)) process.removeListener(event, listener as () => void);
  });
  return loaded;
}

/** Runs `work` and then deletes whatever it has passed through `keep`, also when it throws. */
export function withScope<T>(work: (keep: <M extends { delete(): void }>(object: M) => M) => T): T {
  const kept: { delete(): void }[] = [];
  try {
    return work((object) => {
      kept.push(object);
      return object;
    });
  } finally {
    for (const object of kept.reverse()) object.delete();
  }
}
