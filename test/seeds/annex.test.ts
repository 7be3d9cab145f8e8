import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type List, type ListedConsortium, readList } from '../../seeds/list.js';

/** As published: the annex of 湘教通〔2024〕116号, a table with tabs. */
const annex = readFileSync(join(process.cwd(), 'test/seeds/annex.txt'), 'utf8')
  .split('\n')
  .filter((line) => /^\d+\t/.test(line))
  .map((line) => line.split('\t'));

const cell = (pick: keyof ListedConsortium, list: List) => list.consortia.flatMap((c) => c[pick] as string[]);

describe('the list beside the annex', () => {
  const list = readList();

  it('is the same, row by row and character for character', () => {
    const copied = list.consortia.map(({ number, name, parks, leadSchools, leadEnterprises }) => [
      String(number),
      name,
      ...[parks, leadSchools, leadEnterprises].map((units) => units.join('、')),
    ]);
    expect(annex).toHaveLength(21);
    expect(copied).toEqual(annex);
  });

  it('has 23 lead schools, 22 lead enterprises and 22 parks, and each unit once', () => {
    expect(cell('leadSchools', list)).toHaveLength(23);
    expect(cell('leadEnterprises', list)).toHaveLength(22);
    expect(cell('parks', list)).toHaveLength(22);
    expect(list.organizations).toHaveLength(
      new Set([...cell('leadSchools', list), ...cell('leadEnterprises', list)]).size,
    );
    expect(list.parks).toHaveLength(new Set(cell('parks', list)).size);
    expect(list.consortia[18].parks).toEqual(['郴州高新技术产业开发区(中国(湖南)自由贸易试验区郴州片区)']);
  });

  it('has the consortia in their cities', () => {
    const rows: Record<string, number[]> = {};
    for (const { cityCode, number } of list.consortia) {
      const { name } = list.cities.find(({ code }) => code === cityCode)!;
      rows[name] = [...(rows[name] ?? []), number];
    }
    expect(rows).toEqual({
      长沙市: [1, 2, 3, 4, 5],
      衡阳市: [6],
      株洲市: [7, 8, 9],
      湘潭市: [10, 11, 12],
      岳阳市: [13, 14],
      常德市: [15],
      张家界市: [16],
      益阳市: [17, 18],
      郴州市: [19],
      怀化市: [20],
      娄底市: [21],
    });
  });

  it('names the designation, the fourteen cities and their six kinds of offices', () => {
    expect(list.designations).toEqual([
      {
        provinceCode: '430000',
        year: 2024,
        documentNumber: '湘教通〔2024〕116号',
        signedOn: '2024-05-16',
        publishedOn: null,
        signedBy: '湖南省教育厅',
      },
    ]);
    expect(list.cities).toHaveLength(14);
    expect(list.departments).toHaveLength(15 * 6);
    expect(list.consortia[5].code).toBe('430000-2024-06');
  });
});
