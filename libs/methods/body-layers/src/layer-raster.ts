import type { LimbMesh } from './limb-mesh.ts';

/** Pixels of a frame that layers cover, one list for all, from the back to the front. Grows as it is filled. */
export class LayerPixels {
  /** how many there are */
  count = 0;
  /** i32 index of each pixel in the film */
  indices = new Int32Array(0);
  /** f32 where in the source of layers it comes from */
  xs = new Float32Array(0);
  ys = new Float32Array(0);

  add(index: number, x: number, y: number): number {
    if (this.count === this.indices.length) this.grow();
    this.indices[this.count] = index;
    this.put(this.count, x, y);
    return this.count++;
  }

  put(at: number, x: number, y: number): void {
    this.xs[at] = x;
    this.ys[at] = y;
  }

  private grow(): void {
    const capacity = Math.max(4096, 2 * this.indices.length);
    const longer = <T extends Int32Array | Float32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.indices = longer(this.indices, new Int32Array(capacity));
    this.xs = longer(this.xs, new Float32Array(capacity));
    this.ys = longer(this.ys, new Float32Array(capacity));
  }
}

/** From film pixels of a layer at rest to pixels of the source of layers. */
export interface ToSource {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** Where the nodes of a mesh are, f32 [nodes] each, film pixels. */
export interface MovedNodes {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/** A film to draw a mesh into. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** i32 [height, width] where each pixel is in the list, if above `from`; scratch */
  readonly places: Int32Array;
}

/**
 * Draws a mesh: each of its squares as two triangles, affine within each. A pixel that two squares reach (a limb folded
 * over itself) shows the later one.
 *
 * @param moved where the nodes are, film pixels
 */
export function drawMesh(
  mesh: LimbMesh,
  moved: MovedNodes,
  { canvas, source }: { readonly canvas: Canvas; readonly source: ToSource },
  pixels: LayerPixels,
): void {
  const from = pixels.count;
  const { cells } = mesh;
  for (let c = 0; c < cells.length; c += 4) {
    drawTriangle([cells[c], cells[c + 1], cells[c + 2]]);
    drawTriangle([cells[c + 3], cells[c + 2], cells[c + 1]]);
  }

  function drawTriangle([i, j, k]: readonly [number, number, number]): void {
    const { xs, ys } = moved;
    const [ax, ay, bx, by, cx, cy] = [xs[i], ys[i], xs[j], ys[j], xs[k], ys[k]];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (Math.abs(area) < 1e-6) return;
    const { width, height, places } = canvas;
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
    const right = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
    const bottom = Math.min(height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    const [a, b, d] = [mesh.nodes[i], mesh.nodes[j], mesh.nodes[k]];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
        const s = (px * (cy - ay) - py * (cx - ax)) / area;
        const t = ((bx - ax) * py - (by - ay) * px) / area;
        if (s < -1e-6 || t < -1e-6 || s + t > 1 + 1e-6) continue;
        const u = source.scale * (a.x + s * (b.x - a.x) + t * (d.x - a.x)) - source.left;
        const v = source.scale * (a.y + s * (b.y - a.y) + t * (d.y - a.y)) - source.top;
        const index = y * width + x;
        const place = places[index];
        if (place >= from && place < pixels.count && pixels.indices[place] === index) pixels.put(place, u, v);
        else places[index] = pixels.add(index, u, v);
      }
    }
  }
}
