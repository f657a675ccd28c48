import { FRAME_WGSL, HARMONIC_CONSTANTS_WGSL } from './gpu-layout.ts';

/**
 * What the projection and its derivative share: parameters of a Gaussian (with the offsets of the frame), its way to
 * the image plane, its colour. The includer declares `params: array<f32>` and `offsets: array<f32>`.
 */
export const GEOMETRY_WGSL = /* wgsl */ `
${FRAME_WGSL}
${HARMONIC_CONSTANTS_WGSL}

struct Shape { mean: vec3f, quat: vec4f, logScale: vec3f, canonical: vec4f, turn: vec4f }

fn quatProduct(a: vec4f, b: vec4f) -> vec4f {
  return vec4f(
    a.x * b.x - a.y * b.y - a.z * b.z - a.w * b.w,
    a.x * b.y + a.y * b.x + a.z * b.w - a.w * b.z,
    a.x * b.z - a.y * b.w + a.z * b.x + a.w * b.y,
    a.x * b.w + a.y * b.z - a.z * b.y + a.w * b.x);
}

fn conjugate(q: vec4f) -> vec4f { return vec4f(q.x, -q.y, -q.z, -q.w); }

// quaternions wxyz lie in (x, y, z, w)
fn shapeOf(g: u32) -> Shape {
  let n = frame.counts.x;
  var s: Shape;
  s.mean = vec3f(params[3u * g], params[3u * g + 1u], params[3u * g + 2u]);
  let q = 3u * n + 4u * g;
  s.canonical = vec4f(params[q], params[q + 1u], params[q + 2u], params[q + 3u]);
  s.quat = s.canonical;
  let l = 7u * n + 3u * g;
  s.logScale = vec3f(params[l], params[l + 1u], params[l + 2u]);
  if ((frame.flags.x & FLAG_OFFSETS) != 0u) {
    let base = frame.counts.w * OFFSET_FLOATS;
    let m = base + 3u * g;
    s.mean += vec3f(offsets[m], offsets[m + 1u], offsets[m + 2u]);
    let r = base + 3u * n + 4u * g;
    s.turn = vec4f(offsets[r], offsets[r + 1u], offsets[r + 2u], offsets[r + 3u]);
    s.quat = quatProduct(s.turn, s.canonical);
    let o = base + 7u * n + 3u * g;
    s.logScale += vec3f(offsets[o], offsets[o + 1u], offsets[o + 2u]);
  }
  return s;
}

fn logitOf(g: u32) -> f32 { return params[10u * frame.counts.x + g]; }

fn baseColorOf(g: u32) -> vec3f {
  let c = 11u * frame.counts.x + 3u * g;
  return vec3f(params[c], params[c + 1u], params[c + 2u]);
}

fn toCamera(mean: vec3f) -> vec3f {
  let p = vec4f(mean, 1.0f);
  return vec3f(dot(frame.row0, p), dot(frame.row1, p), dot(frame.row2, p));
}

// Σ' = B Bᵀ + low-pass, B = J W R S (2x3, rows b0 and b1); plain = |B Bᵀ| as a sum of squares (Cauchy and Binet), and
// |Σ'| = plain + low-pass · trace + low-pass², neither of which cancels for needles.
struct Image {
  quat: vec4f, inverseNorm: f32,
  // columns of R, scales
  r0: vec3f, r1: vec3f, r2: vec3f, scale: vec3f,
  // x/z and y/z where the Jacobian is taken
  slope: vec2f,
  // rows of J W
  t0: vec3f, t1: vec3f,
  b0: vec3f, b1: vec3f,
  xx: f32, xy: f32, yy: f32, det: f32, plain: f32,
}

fn toImage(s: Shape, at: vec3f) -> Image {
  var m: Image;
  m.inverseNorm = inverseSqrt(dot(s.quat, s.quat));
  m.quat = s.quat * m.inverseNorm;
  let w = m.quat.x; let x = m.quat.y; let y = m.quat.z; let z = m.quat.w;
  m.scale = exp(clamp(s.logScale, vec3f(-40.0f), vec3f(40.0f)));
  m.r0 = vec3f(1.0f - 2.0f * (y * y + z * z), 2.0f * (x * y + w * z), 2.0f * (x * z - w * y));
  m.r1 = vec3f(2.0f * (x * y - w * z), 1.0f - 2.0f * (x * x + z * z), 2.0f * (y * z + w * x));
  m.r2 = vec3f(2.0f * (x * z + w * y), 2.0f * (y * z - w * x), 1.0f - 2.0f * (x * x + y * y));
  let iz = 1.0f / at.z;
  m.slope = clamp(at.xy * iz, frame.limits.xz, frame.limits.yw);
  let j = frame.focal.xy * iz;
  m.t0 = j.x * (frame.row0.xyz - m.slope.x * frame.row2.xyz);
  m.t1 = j.y * (frame.row1.xyz - m.slope.y * frame.row2.xyz);
  m.b0 = vec3f(dot(m.t0, m.r0), dot(m.t0, m.r1), dot(m.t0, m.r2)) * m.scale;
  m.b1 = vec3f(dot(m.t1, m.r0), dot(m.t1, m.r1), dot(m.t1, m.r2)) * m.scale;
  let c = cross(m.b0, m.b1);
  m.plain = dot(c, c);
  let pxx = dot(m.b0, m.b0);
  let pyy = dot(m.b1, m.b1);
  m.xy = dot(m.b0, m.b1);
  m.xx = pxx + LOW_PASS;
  m.yy = pyy + LOW_PASS;
  m.det = m.plain + LOW_PASS * (pxx + pyy) + LOW_PASS * LOW_PASS;
  return m;
}

// log2 of 1 / (1 + e^-logit)
fn log2Opacity(logit: f32) -> f32 { return -log2(1.0f + exp(-clamp(logit, -80.0f, 80.0f))); }

struct Harmonics { y: array<f32, 15> }

// Y₁₋₁ … Y₃₃ at a unit direction, as spherical-harmonics.ts
fn harmonicsAt(d: vec3f, rest: u32) -> Harmonics {
  var h: Harmonics;
  let x = d.x; let y = d.y; let z = d.z;
  h.y[0] = -SH_1 * y;
  h.y[1] = SH_1 * z;
  h.y[2] = -SH_1 * x;
  if (rest > 3u) {
    let xx = x * x; let yy = y * y; let zz = z * z;
    h.y[3] = SH_2_XY * x * y;
    h.y[4] = -SH_2_XY * y * z;
    h.y[5] = SH_2_ZZ * (2.0f * zz - xx - yy);
    h.y[6] = -SH_2_XY * x * z;
    h.y[7] = SH_2_XX * (xx - yy);
    if (rest > 8u) {
      h.y[8] = -SH_3_0 * y * (3.0f * xx - yy);
      h.y[9] = SH_3_1 * x * y * z;
      h.y[10] = -SH_3_2 * y * (4.0f * zz - xx - yy);
      h.y[11] = SH_3_3 * z * (2.0f * zz - 3.0f * xx - 3.0f * yy);
      h.y[12] = -SH_3_2 * x * (4.0f * zz - xx - yy);
      h.y[13] = SH_3_5 * z * (xx - yy);
      h.y[14] = -SH_3_0 * x * (xx - 3.0f * yy);
    }
  }
  return h;
}

fn restOf(g: u32, k: u32) -> vec3f {
  let at = PLAIN_FLOATS * frame.counts.x + 3u * (g * frame.counts.y + k);
  return vec3f(params[at], params[at + 1u], params[at + 2u]);
}

// colour before it is clamped at 0, which it is only where there are harmonics
fn unclampedColor(g: u32, mean: vec3f) -> vec3f {
  var color = baseColorOf(g);
  let rest = frame.counts.y;
  if (rest > 0u) {
    let h = harmonicsAt(normalize(mean - frame.eye.xyz), rest);
    for (var k = 0u; k < rest; k++) { color += h.y[k] * restOf(g, k); }
  }
  return color;
}
`;

/**
 * Which tiles a projected Gaussian reaches: per row of tiles the columns between which the ellipse of visible alpha
 * lies, as in `project.as.ts`.
 */
export const TILE_SPANS_WGSL = /* wgsl */ `
struct Ellipse { center: vec2f, l11: f32, l21: f32, l22: f32, cut: f32, extent: f32, turn: f32 }

fn ellipseOf(a: vec4f, b: vec4f) -> Ellipse {
  var e: Ellipse;
  e.center = a.xy;
  e.l11 = a.z;
  e.l21 = a.w;
  e.l22 = b.x;
  // keeps rounding from losing a pixel on the rim; each pixel is still tested exactly
  e.cut = b.y + LOG2_CUT_INVERSE + CUT_SLACK;
  e.extent = sqrt(e.cut) / e.l22;
  // where the ellipse is furthest right, and mirrored, furthest left
  e.turn = -sqrt(e.cut) * e.l21 / (e.l22 * sqrt(e.l21 * e.l21 + e.l22 * e.l22));
  return e;
}

// first and one past the last row of tiles
fn rowsOf(e: Ellipse) -> vec2i {
  let last = f32(frame.size.w) - 1.0f;
  let low = clamp(floor((e.center.y - e.extent - 0.5f) / TILE_SIDE), 0.0f, last + 1.0f);
  let high = clamp(floor((e.center.y + e.extent - 0.5f) / TILE_SIDE), -1.0f, last);
  return vec2i(i32(low), i32(high) + 1);
}

// first and one past the last column of a row of tiles
fn columnsOf(e: Ellipse, row: i32) -> vec2i {
  let first = f32(row) * TILE_SIDE;
  let top = max(-e.extent, first + 0.5f - e.center.y);
  let bottom = min(e.extent, first + TILE_SIDE - 0.5f - e.center.y);
  if (!(top <= bottom)) { return vec2i(0, 0); }
  let yRight = clamp(e.turn, top, bottom);
  let yLeft = clamp(-e.turn, top, bottom);
  let l2 = e.l22 * e.l22;
  let right = e.center.x + (sqrt(max(0.0f, e.cut - l2 * yRight * yRight)) - e.l21 * yRight) / e.l11;
  let left = e.center.x - (sqrt(max(0.0f, e.cut - l2 * yLeft * yLeft)) + e.l21 * yLeft) / e.l11;
  let end = f32(frame.size.z);
  let begin = clamp(ceil((left + 0.5f) / TILE_SIDE) - 1.0f, 0.0f, end);
  let to = clamp(floor((right - 0.5f) / TILE_SIDE) + 1.0f, 0.0f, end);
  return vec2i(i32(begin), max(i32(begin), i32(to)));
}
`;
