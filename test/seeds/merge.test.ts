import { merge } from '../../seeds/compare.js';

it.each<[string, string, string, string, string]>([
  ['nothing was changed since: the files’ order', 'ab', 'ab', 'ba', 'ba'],
  ['one came, one went', 'ab', 'ab', 'bc', 'bc'],
  ['somebody brought one', 'ab', 'abx', 'ab', 'abx'],
  ['somebody took one away', 'ab', 'a', 'ab', 'a'],
  ['somebody put one in the place of another', 'ab', 'xb', 'abc', 'xbc'],
  ['the files took away what somebody kept beside his own', 'ab', 'axb', 'b', 'xb'],
  ['both brought the same', 'a', 'ax', 'ax', 'ax'],
  ['somebody changed the order', 'abc', 'cba', 'abd', 'bad'],
])('merges a cell where %s', (_, said, current, published, merged) => {
  expect(merge([...said], [...current], [...published]).join('')).toBe(merged);
});
