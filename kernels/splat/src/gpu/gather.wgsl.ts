import { GEOMETRY_WGSL } from './geometry.wgsl.ts';

/**
 * One thread a Gaussian: adds up its tiles' moments in the order of its entries and carries them through the projection
 * to the parameters, as `gather.as.ts`.
 *
 * reads: params, offsets, counts, firstEntries, moments; writes: gradients (laid out as params, then means2d),
 * offsetGradients (laid out as offsets); dispatch: N / GROUP
 */
export const GATHER_WGSL = /* wgsl */ `
${GEOMETRY_WGSL}
@group(0) @binding(1) var<storage, read> params: array<f32>;
@group(0) @binding(2) var<storage, read> offsets: array<f32>;
@group(0) @binding(3) var<storage, read> counts: array<u32>;
@group(0) @binding(4) var<storage, read> firstEntries: array<u32>;
@group(0) @binding(5) var<storage, read> moments: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(7) var<storage, read_write> offsetGradients: array<f32>;

fn put(at: u32, value: f32) {
  if ((frame.flags.x & FLAG_ACCUMULATE) != 0u) { gradients[at] += value; } else { gradients[at] = value; }
}
fn putOffset(at: u32, value: f32) {
  if ((frame.flags.x & FLAG_ACCUMULATE_OFFSETS) != 0u) {
    offsetGradients[at] += value;
  } else {
    offsetGradients[at] = value;
  }
}
fn put3(at: u32, value: vec3f) {
  put(at, value.x);
  put(at + 1u, value.y);
  put(at + 2u, value.z);
}
fn put4(at: u32, value: vec4f) {
  put3(at, value.xyz);
  put(at + 3u, value.w);
}

// Puts the gradient of the harmonics and returns that of the mean, through the direction; g = dL/d(colour before the
// clamp)
fn throughHarmonics(i: u32, mean: vec3f, g: vec3f) -> vec3f {
  let rest = frame.counts.y;
  let away = mean - frame.eye.xyz;
  let distance = length(away);
  let d = away / distance;
  let h = harmonicsAt(d, rest);
  var toward: array<f32, 15>;
  let at = PLAIN_FLOATS * frame.counts.x + 3u * i * rest;
  for (var k = 0u; k < rest; k++) {
    toward[k] = dot(restOf(i, k), g);
    put3(at + 3u * k, h.y[k] * g);
  }
  let x = d.x; let y = d.y; let z = d.z;
  var s = vec3f(-SH_1 * toward[2], -SH_1 * toward[0], SH_1 * toward[1]);
  if (rest > 3u) {
    s += SH_2_XY * toward[3] * vec3f(y, x, 0.0f);
    s -= SH_2_XY * toward[4] * vec3f(0.0f, z, y);
    s += 2.0f * SH_2_ZZ * toward[5] * vec3f(-x, -y, 2.0f * z);
    s -= SH_2_XY * toward[6] * vec3f(z, 0.0f, x);
    s += 2.0f * SH_2_XX * toward[7] * vec3f(x, -y, 0.0f);
    if (rest > 8u) {
      let xx = x * x; let yy = y * y; let zz = z * z;
      s -= 3.0f * SH_3_0 * toward[8] * vec3f(2.0f * x * y, xx - yy, 0.0f);
      s += SH_3_1 * toward[9] * vec3f(y * z, x * z, x * y);
      s += SH_3_2 * toward[10] * vec3f(2.0f * x * y, xx + 3.0f * yy - 4.0f * zz, -8.0f * y * z);
      s += 3.0f * SH_3_3 * toward[11] * vec3f(-2.0f * x * z, -2.0f * y * z, 2.0f * zz - xx - yy);
      s += SH_3_2 * toward[12] * vec3f(3.0f * xx + yy - 4.0f * zz, 2.0f * x * y, -8.0f * x * z);
      s += SH_3_5 * toward[13] * vec3f(2.0f * x * z, -2.0f * y * z, xx - yy);
      s += 3.0f * SH_3_0 * toward[14] * vec3f(yy - xx, 2.0f * x * y, 0.0f);
    }
  }
  return (s - dot(s, d) * d) / distance;
}

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let n = frame.counts.x;
  if (i >= n) { return; }
  let count = counts[i];
  let rest = frame.counts.y;
  var first = vec4f(0.0f);
  var second = vec4f(0.0f);
  var third = vec2f(0.0f);
  let start = firstEntries[i];
  for (var k = 0u; k < count; k++) {
    let base = MOMENT_VECTORS * (start + k);
    if (start + k >= frame.counts.z) { break; }
    first += moments[base];
    second += moments[base + 1u];
    third += moments[base + 2u].xy;
  }
  var dMean = vec3f(0.0f);
  var dQuat = vec4f(0.0f);
  var dScale = vec3f(0.0f);
  var dMean2d = vec2f(0.0f);
  var dColor = vec3f(second.zw, third.x);
  var dTurn = vec4f(0.0f);
  // α dL/dα summed is -v, and dα/dlogit = α (1 - opacity)
  put(10u * n + i, -first.x / (1.0f + exp(clamp(logitOf(i), -80.0f, 80.0f))));

  if (count > 0u) {
    let s = shapeOf(i);
    let at = toCamera(s.mean);
    let m = toImage(s, at);
    // K = Σ'⁻¹ = L Lᵀ. The moments are those of y = Lᵀ d, in which a needle is a disc: nothing cancels that would in K
    // dL/dK K.
    let l11 = sqrt(m.yy / m.det);
    let l21 = -m.xy * inverseSqrt(m.yy) * inverseSqrt(m.det);
    let l22 = inverseSqrt(m.yy);
    let y = first.yz / SQRT_HALF_LOG2E;
    let yy = vec3f(first.w, second.xy) / (SQRT_HALF_LOG2E * SQRT_HALF_LOG2E);
    dMean2d = -vec2f(l11 * y.x, l21 * y.x + l22 * y.y);
    // Σ' = B Bᵀ, B = T R S: dB = 2 (dL/dΣ') B = -L (Σ v y yᵀ) Lᵀ B
    let pu = l11 * m.b0 + l21 * m.b1;
    let pw = l22 * m.b1;
    let qu = yy.x * pu + yy.y * pw;
    let qw = yy.y * pu + yy.z * pw;
    var e0 = -l11 * qu;
    var e1 = -l21 * qu - l22 * qw;
    dScale = -(qu * pu + qw * pw);
    if ((frame.flags.x & FLAG_COMPENSATE) != 0u) {
      // log of the compensation = ½ log |Σ| - ½ log |Σ'|
      let c0 = -first.x * (((m.yy - LOW_PASS) * m.b0 - m.xy * m.b1) / m.plain - l11 * pu);
      let c1 = -first.x * (((m.xx - LOW_PASS) * m.b1 - m.xy * m.b0) / m.plain - l21 * pu - l22 * pw);
      e0 += c0;
      e1 += c1;
      dScale += c0 * m.b0 + c1 * m.b1;
    }
    let se0 = e0 * m.scale;
    let se1 = e1 * m.scale;
    // dT = dB (R S)ᵀ
    let f0 = se0.x * m.r0 + se0.y * m.r1 + se0.z * m.r2;
    let f1 = se1.x * m.r0 + se1.y * m.r1 + se1.z * m.r2;
    // T = J W: dJ = dT Wᵀ, at the four places where J is not zero
    let dj00 = dot(f0, frame.row0.xyz);
    let dj02 = dot(f0, frame.row2.xyz);
    let dj11 = dot(f1, frame.row1.xyz);
    let dj12 = dot(f1, frame.row2.xyz);
    let iz = 1.0f / at.z;
    let j = frame.focal.xy * iz;
    var byXY = dMean2d * j;
    var byZ = third.y - iz * dot(byXY, at.xy)
      - iz * (j.x * (dj00 - m.slope.x * dj02) + j.y * (dj11 - m.slope.y * dj12));
    let p = at.xy * iz;
    if (p.x > frame.limits.x && p.x < frame.limits.y) {
      let d = -j.x * dj02 * iz;
      byXY.x += d;
      byZ -= d * p.x;
    }
    if (p.y > frame.limits.z && p.y < frame.limits.w) {
      let d = -j.y * dj12 * iz;
      byXY.y += d;
      byZ -= d * p.y;
    }
    dMean = byXY.x * frame.row0.xyz + byXY.y * frame.row1.xyz + byZ * frame.row2.xyz;
    // dR = Tᵀ dB S, columns
    let c0 = m.t0 * se0.x + m.t1 * se1.x;
    let c1 = m.t0 * se0.y + m.t1 * se1.y;
    let c2 = m.t0 * se0.z + m.t1 * se1.z;
    let qr = m.quat;
    let dq = 2.0f * vec4f(
      qr.w * (c0.y - c1.x) + qr.z * (c2.x - c0.z) + qr.y * (c1.z - c2.y),
      qr.z * (c1.x + c0.y) + qr.w * (c2.x + c0.z) - 2.0f * qr.y * (c1.y + c2.z) + qr.x * (c1.z - c2.y),
      qr.y * (c1.x + c0.y) + qr.w * (c2.y + c1.z) - 2.0f * qr.z * (c0.x + c2.z) + qr.x * (c2.x - c0.z),
      qr.y * (c2.x + c0.z) + qr.z * (c2.y + c1.z) - 2.0f * qr.w * (c0.x + c1.y) + qr.x * (c0.y - c1.x));
    dQuat = (dq - dot(dq, m.quat) * m.quat) * m.inverseNorm;
    if (rest > 0u) {
      dColor = select(vec3f(0.0f), dColor, unclampedColor(i, s.mean) > vec3f(0.0f));
      dMean += throughHarmonics(i, s.mean, dColor);
    }
    if ((frame.flags.x & FLAG_OFFSETS) != 0u) {
      // quat = turn ⊗ canonical
      dTurn = quatProduct(dQuat, conjugate(s.canonical));
      dQuat = quatProduct(conjugate(s.turn), dQuat);
    }
  } else {
    for (var k = 0u; k < rest; k++) { put3(PLAIN_FLOATS * n + 3u * (i * rest + k), vec3f(0.0f)); }
  }
  put3(3u * i, dMean);
  put4(3u * n + 4u * i, dQuat);
  put3(7u * n + 3u * i, dScale);
  put3(11u * n + 3u * i, dColor);
  let plane = (PLAIN_FLOATS + 3u * rest) * n + 2u * i;
  put(plane, dMean2d.x);
  put(plane + 1u, dMean2d.y);
  if ((frame.flags.x & FLAG_OFFSETS) != 0u) {
    let base = frame.counts.w * OFFSET_FLOATS;
    for (var k = 0u; k < 3u; k++) {
      putOffset(base + 3u * i + k, dMean[k]);
      putOffset(base + 7u * n + 3u * i + k, dScale[k]);
    }
    for (var k = 0u; k < 4u; k++) { putOffset(base + 3u * n + 4u * i + k, dTurn[k]); }
  }
}
`;
