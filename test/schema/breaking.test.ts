import { breaking, wrongAnnouncements } from '../../scripts/breaking.mjs';

const TODAY = '2028-03-01';
const DUE_DAYS = ['01-20', '06-20', '12-20'];
const MORE = `
  interface Node { id: ID! }
  type OfficeConnection { edges: [OfficeEdge!]! }
  type OfficeEdge { node: Office! }
  type Office implements Node { id: ID! parent: Office kind: OfficeKind }
  enum OfficeKind { A B }
`;
const schema = (fields: string, more = '') => `
  directive @costs on FIELD_DEFINITION
  type Query { city(id: ID): City @costs node: Node }
  interface Node { id: ID! }
  type City { name: String! ${fields} } ${more}`;
const office = (directive = '') => schema(`offices: OfficeConnection! ${directive}`, MORE.replace(/interface.*\n/, ''));
const announced = (day: string) => office(`@deprecated(reason: "${day}: use \`departments\`")`);
const broken = (before: string, after: string, today = TODAY) => breaking(before, after, today, DUE_DAYS);

describe('a change of the API', () => {
  it('may add', () => {
    expect(broken(schema(''), office())).toEqual([]);
    expect(broken(office(), office())).toEqual([]);
  });

  it('may not remove, narrow or demand', () => {
    expect(broken(office(), schema(''))).toEqual(
      expect.arrayContaining(['City.offices was removed.', 'Office was removed.', 'OfficeConnection was removed.']),
    );
    expect(broken(office(), office().replace('OfficeConnection!', 'OfficeConnection'))).toHaveLength(1);
    expect(broken(office(), office().replace('offices:', 'offices(of: ID!):'))).toHaveLength(1);
    expect(broken(office(), office().replace('A B', 'A'))).toHaveLength(1);
    expect(broken(office(), office().replace(/directive.*\n|@costs/g, ''))).toHaveLength(1);
  });

  it('may remove what was announced, with all that hangs on it, from its day on', () => {
    expect(broken(announced('2028-03-01'), schema(''))).toEqual([]);
    expect(broken(announced('2028-03-02'), schema(''))).toContain('City.offices was removed.');
    expect(broken(office('@deprecated(reason: "soon")'), schema(''))).toContain('City.offices was removed.');
  });

  it('removes nothing in the thirty days before a deadline, whenever it was announced', () => {
    for (const today of ['2028-05-21', '2028-06-20', '2028-12-31'])
      expect(broken(announced('2028-03-01'), schema(''), today)).toContain('City.offices was removed.');
    for (const today of ['2028-05-20', '2028-06-21'])
      expect(broken(announced('2028-03-01'), schema(''), today)).toEqual([]);
  });

  it('is announced with a day to come and a replacement, and for no day in the thirty before a deadline', () => {
    const wrong = (emitted: string, published = office()) => wrongAnnouncements(published, emitted, TODAY, DUE_DAYS);
    expect(wrong(announced('2028-03-02'))).toEqual([]);
    expect(wrong(announced('2028-03-01'))).toEqual(['City.offices: 2028-03-01 is not in the future']);
    expect(wrong(announced('2028-03-01'), announced('2028-03-01'))).toEqual([]);
    for (const day of ['2028-05-21', '2028-06-20', '2028-12-21', '2029-01-20', '2028-11-20'])
      expect(wrong(announced(day))).toEqual([expect.stringContaining('before a filing deadline')]);
    for (const reason of ['2028-08-01', 'use `departments`', '2028-13-45: use `departments`'])
      expect(wrong(office(`@deprecated(reason: "${reason}")`))).toEqual([expect.stringContaining('needs a day')]);
    expect(wrong(office('@deprecated'))).toHaveLength(1);
  });
});
