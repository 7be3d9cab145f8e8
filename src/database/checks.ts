import { Check } from 'typeorm';

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Text with a CHECK, since no index serves an enum's comparison under a row-level policy. Null passes. */
export const OneOf =
  (property: string, values: Record<string, string>): ClassDecorator =>
  (target) =>
    Check(
      `ck_${snake(target.name)}_${snake(property)}`,
      `${snake(property)} IN (${Object.keys(values)
        .map((value) => `'${value}'`)
        .join(', ')})`,
    )(target);
