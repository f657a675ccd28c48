import { describe, expect, it } from 'vitest';
import { Fault, partsOf, unexpected } from '../src/index.ts';
import { faultPartsSchema } from '../src/schema.ts';

const parts = {
  code: 'stage.no-face',
  where: 'reference.image',
  expected: 'one face',
  got: 'none',
  remedy: 'give its points',
} as const;

describe('Fault', () => {
  it('builds its sentence from its parts', () => {
    expect(new Fault(parts).message).toBe('reference.image: expected one face, got none; give its points');
  });

  it('says it in one line of bounded length, whatever its parts quote', () => {
    const got = `{\n  "a": \u2028\r\n  b ${'x'.repeat(5000)}`;
    const { message } = new Fault({ ...parts, got });
    expect(message).toMatch(/^reference\.image: expected one face, got \{ "a": b x+…; give its points$/);
    expect(message.length).toBeLessThan(1100);
    expect(new Fault({ ...parts, got }).got).toBe(got);
  });

  it('comes back from JSON with the same parts and the same sentence', () => {
    const fault = new Fault({ ...parts, phase: 'before-run' });
    const again = new Fault(faultPartsSchema.parse(JSON.parse(JSON.stringify(partsOf(fault)))));
    expect(partsOf(again)).toEqual(partsOf(fault));
    expect(again.message).toBe(fault.message);
  });

  it('refuses a code of another spelling on arrival', () => {
    for (const code of ['no-face', 'stage/no-face', 'Stage.noFace', 'a.b.c'])
      expect(faultPartsSchema.safeParse({ ...parts, code }).success).toBe(false);
  });
});

describe('unexpected', () => {
  it('leaves a fault as it is and makes a report of anything else, whatever its text looks like', () => {
    const fault = new Fault(parts);
    expect(unexpected(fault, 'run')).toBe(fault);
    const lookalike = new TypeError('x: expected a, got b; c');
    expect(partsOf(unexpected(lookalike, 'fit[0]'))).toMatchObject({
      code: 'soliloquy.internal',
      audience: 'author',
      where: 'fit[0]',
      got: 'TypeError: x: expected a, got b; c',
    });
  });
});
