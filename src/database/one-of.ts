import { Check } from 'typeorm';
import { snake } from './naming.js';

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
