import { breaking, wrongAnnouncements } from '../../scripts/breaking.mjs';

const today = '2028-03-01';
const schema = (fields: string, more = '') =>
  `type Query { city(id: ID): City } type City { name: String! ${fields} } ${more}`;
const offices = (directive = '') => schema(`offices: [Office!]! ${directive}`, 'type Office { id: ID! }');
const announced = (day: string) => offices(`@deprecated(reason: "${day}: use \`departments\`")`);

describe('a change of the schema', () => {
  it('may add', () => {
    expect(breaking(schema(''), offices(), today)).toEqual([]);
  });

  it('may not remove, narrow or demand', () => {
    expect(breaking(offices(), schema(''), today)).toEqual(['Office was removed.', 'City.offices was removed.']);
    expect(breaking(offices(), offices().replace('[Office!]!', '[Office]'), today)).toHaveLength(1);
    expect(breaking(offices(), offices().replace('offices', 'offices(of: ID!)'), today)).toHaveLength(1);
  });

  it('may remove what was announced, with what hangs on it, from its day on', () => {
    expect(breaking(announced('2028-03-01'), schema(''), today)).toEqual([]);
    expect(breaking(announced('2028-03-02'), schema(''), today)).toHaveLength(2);
    expect(breaking(offices('@deprecated(reason: "soon")'), schema(''), today)).toHaveLength(2);
  });

  it('is announced with a day and a replacement, and for no day in the thirty before a deadline', () => {
    const wrong = (sdl: string) => wrongAnnouncements(sdl, ['01-20', '06-20', '12-20']);
    expect(wrong(announced('2028-03-01'))).toEqual([]);
    for (const day of ['2028-05-21', '2028-06-20', '2027-12-21', '2028-01-20', '2028-11-20'])
      expect(wrong(announced(day))).toEqual([`offices: ${day} is before a deadline`]);
    expect(wrong(offices('@deprecated(reason: "2028-03-01")'))).toEqual(['offices: 2028-03-01']);
    expect(wrong(offices('@deprecated'))).toEqual(['offices: ']);
  });
});
