import { ADAM_WGSL_UNIFORM, CONSTANTS_WGSL, STEP_WGSL } from './gpu-layout.ts';

/**
 * Ends the forward and backward passes of one optimisation step: the loss, and whether the step may be taken. It may
 * not when a frame asked for more entries than fit, a parameter is not finite or the loss is not.
 *
 * reads: sums; writes: state; dispatch: 1
 */
export const CONCLUDE_WGSL = /* wgsl */ `
${STEP_WGSL}
${CONSTANTS_WGSL}
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
var<workgroup> partSums: array<vec4f, GROUP>;

@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec4f(0.0f);
  for (var i = lane; i < step.tiles; i += GROUP) { sum += sums[i]; }
  partSums[lane] = sum;
  workgroupBarrier();
  for (var half = GROUP / 2u; half > 0u; half /= 2u) {
    if (lane < half) { partSums[lane] += partSums[lane + half]; }
    workgroupBarrier();
  }
  if (lane > 0u) { return; }
  let mean = partSums[0] / f32(step.views);
  var loss = (1.0f - step.ssimWeight) * mean.x + 0.5f * step.transmittanceWeight * mean.z;
  if (step.ssimWeight > 0.0f) { loss += step.ssimWeight * (1.0f - mean.y); }
  let bits = bitcast<u32>(loss);
  let finite = (bits & 0x7f800000u) != 0x7f800000u;
  let fits = state[STATE_NEEDED] == 0u && state[STATE_BAD] == NONE;
  if (fits && !finite) { state[STATE_DIVERGED] = 1u; }
  let go = fits && finite && state[STATE_DIVERGED] == 0u;
  state[STATE_GO] = select(0u, 1u, go);
  if (go) {
    state[STATE_STEPS] += 1u;
    state[STATE_LOSS] = bits;
    state[STATE_LOSS + 1u] = bitcast<u32>(mean.x);
    state[STATE_LOSS + 2u] = bitcast<u32>(mean.y);
    state[STATE_LOSS + 3u] = bitcast<u32>(mean.z);
  }
}
`;

/**
 * One Adam update (Kingma and Ba 2015), a thread a number. reads: gradients, state, bounds; writes: values, memory
 * (both moments); dispatch: numbers / GROUP
 */
export const ADAM_WGSL = /* wgsl */ `
${ADAM_WGSL_UNIFORM}
${CONSTANTS_WGSL}
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> memory: array<vec2f>;
@group(0) @binding(4) var<storage, read> state: array<u32>;
@group(0) @binding(5) var<storage, read> bounds: array<vec2f>;

fn rateOf(i: u32) -> f32 {
  if (i < adam.ends.x) { return adam.rates.x; }
  if (i < adam.ends.y) { return adam.rates.y; }
  if (i < adam.ends.z) { return adam.rates.z; }
  if (i < adam.ends.w) { return adam.rates.w; }
  if (i < adam.moreEnds.x) { return adam.moreRates.x; }
  return adam.moreRates.y;
}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.x + group.y * 65535u) * GROUP + lane;
  if (i >= adam.extent.x || state[STATE_GO] == 0u) { return; }
  let rate = rateOf(i);
  if (rate == 0.0f) { return; }
  let at = adam.extent.y + i;
  let g = gradients[at];
  let m = mix(vec2f(g, g * g), memory[at], adam.decay.xy);
  memory[at] = m;
  var value = values[at] - rate * m.x * adam.correction.x / (sqrt(m.y * adam.correction.y) + adam.decay.z);
  if (adam.extent.z == 1u) { value = clamp(value, bounds[at].x, bounds[at].y); }
  values[at] = value;
}
`;
