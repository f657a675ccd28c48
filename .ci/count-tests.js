import { writeFileSync } from 'node:fs';

/** Why a test may be left out here. Any other reason, and none, is a failure. */
const ALLOWED = [
  'no right to mount a small file system here',
  'no WebGPU adapter here',
  'no PyTorch here',
  'no published network here',
];

/**
 * Reporter of vitest for `.ci/run`: writes `{ passed, failed, allowed: { reason: count }, refused: [name] }` to the
 * file that TEST_COUNTS names.
 */
export default class CountTests {
  onTestRunEnd(modules, unhandledErrors, ending) {
    const counts = {
      passed: 0,
      failed: unhandledErrors.length + (ending === 'interrupted' ? 1 : 0),
      allowed: {},
      refused: [],
    };
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed') counts.passed++;
        else if (state === 'skipped' && ALLOWED.includes(note)) counts.allowed[note] = (counts.allowed[note] ?? 0) + 1;
        else {
          failedHere++;
          if (state !== 'failed')
            counts.refused.push(`${module.relativeModuleId}: ${test.fullName}${note ? ` (${note})` : ''}`);
        }
      }
      // A file that cannot be loaded has no tests that could fail: it counts itself.
      counts.failed += failedHere === 0 && module.state() === 'failed' ? 1 : failedHere;
    }
    writeFileSync(process.env.TEST_COUNTS, JSON.stringify(counts));
  }
}
