import { Fault } from '@soliloquy/fault';
import { metrics as metricsPort } from '@soliloquy/ports/metrics';
import type { AnyStage } from './define-stage.ts';
import type { Figure, MetricFigures } from './figures.ts';

type Declared = Pick<AnyStage, 'id' | 'inputs' | 'outputs' | 'measures' | 'backbones'>;

/** @throws Fault `stage.bad-declaration` when declared figures name a port that is not there or is of another type */
export function checkFigures(stage: Declared): void {
  check(stage, `${stage.id}.measures`, stage.measures ?? {});
  for (const [name, { measures }] of Object.entries(stage.backbones))
    check(stage, `${stage.id}.backbones.${name}.measures`, measures ?? {});
}

function check(stage: Declared, where: string, measures: Readonly<Record<string, MetricFigures | undefined>>): void {
  for (const [output, figures] of Object.entries(measures)) {
    if (stage.outputs[output]?.type.id !== metricsPort.id)
      throw badDeclaration(`${where}.${output}`, 'an output of type metrics', stage.outputs[output]?.type.id);
    for (const [name, figure] of Object.entries(figures ?? {}))
      checkFigure(stage, `${where}.${output}.${name}`, name, figure);
  }
}

function checkFigure(stage: Declared, where: string, name: string, { needs = [], of }: Figure): void {
  const unknown = needs.filter((port) => !(port in stage.inputs));
  if (unknown.length > 0) throw badDeclaration(`${where}.needs`, 'inputs of the stage', unknown.join(', '));
  if (name.startsWith('/') !== (of !== undefined))
    throw badDeclaration(where, 'a name that begins with "/" beside "of", and only there', `"${name}"`);
  if (of !== undefined && stage.inputs[of]?.type.id !== metricsPort.id)
    throw badDeclaration(`${where}.of`, 'an input of type metrics', `"${of}"`);
}

function badDeclaration(where: string, expected: string, got = 'none'): Fault {
  return new Fault({
    code: 'stage.bad-declaration',
    where,
    expected,
    got,
    remedy: 'correct the declaration',
    audience: 'author',
  });
}
