import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDay, isSocialCreditCode, unitsOf } from '../../seeds/checks.js';
import { readList } from '../../seeds/list.js';
import { ListError } from '../../seeds/table.js';
import { ListCopy } from './folder.js';

describe('unitsOf', () => {
  it('cuts at a 、 outside brackets only', () => {
    expect(unitsOf('甲公司、乙公司')).toEqual(['甲公司', '乙公司']);
    expect(unitsOf('甲园区(东区、西区(一、二))、乙园区（南、北)')).toEqual([
      '甲园区(东区、西区(一、二))',
      '乙园区（南、北)',
    ]);
  });
  it('cuts nothing where brackets don’t match', () => {
    for (const cell of ['甲(一、乙', '甲)、乙', '甲(一]']) expect(unitsOf(cell)).toBeUndefined();
  });
});

it('knows a unified social credit code by its check character', () => {
  expect(isSocialCreditCode('914300007121944054')).toBe(true);
  for (const wrong of ['914300007121944053', '91430000712194405', '914300007121944o54', 'I14300007121944054', ''])
    expect(isSocialCreditCode(wrong)).toBe(false);
});

it('knows a day that exists', () => {
  expect(isDay('2024-02-29')).toBe(true);
  for (const wrong of ['2023-02-29', '2024-13-01', '2024/5/16', '2024-5-16', '']) expect(isDay(wrong)).toBe(false);
});

describe('readList', () => {
  let copy: ListCopy;
  beforeEach(() => {
    copy = new ListCopy();
  });
  afterEach(() => copy.remove());
  const mistakes = () => {
    try {
      readList(copy.path);
      return [];
    } catch (error) {
      if (!(error instanceof ListError)) throw error;
      for (const { zh, en } of error.mistakes) {
        expect(zh).toMatch(/。$/);
        expect(en).toMatch(/^[\w“].*\.$/);
      }
      return error.mistakes.map(({ file, line }) => `${file}:${line}`);
    }
  };

  it('tells every mistake at once, with file and line', () => {
    copy.correct('cities.csv', ['430200,株洲市', '4302,株洲市']);
    copy.correct('departments.csv', ['430100,FINANCE', '430100,constructor']);
    copy.correct('designations.csv', ['2024-05-16', '2024/5/16']);
    copy.correct(
      'consortia.csv',
      ['2024,2,', '2024,1,'],
      ['长沙雨花经济开发区产教联合体,长沙雨花经济开发区', '长沙雨花经济开发区产教联合体,'],
      ['湖南科技大学、', '湖南科技大学、、'],
      ['自由贸易试验区郴州片区)', '自由贸易试验区郴州片区'],
      ['430400', '430401'],
    );
    copy.write(
      'organizations.csv',
      'province_code,name,unified_social_credit_code\n430000,无名公司,914300007121944053\n',
    );
    expect(mistakes().sort()).toEqual(
      [
        'cities.csv:3',
        // its six offices, and its three consortia
        ...[14, 15, 16, 17, 18, 19].map((line) => `departments.csv:${line}`),
        ...[8, 9, 10].map((line) => `consortia.csv:${line}`),
        'departments.csv:11',
        'designations.csv:2',
        ...[3, 5, 7, 11, 20].map((line) => `consortia.csv:${line}`),
        'organizations.csv:2',
        'organizations.csv:2',
      ].sort(),
    );
  });

  it('takes what Excel makes of a file, and refuses what it breaks', () => {
    copy.correct('cities.csv', ['\n', '\r\n'], ['code,name', '\ufeffcode,name']);
    expect(readList(copy.path).cities).toHaveLength(14);
    copy.write('cities.csv', Buffer.from([0x63, 0x6f, 0x64, 0x65, 0x2c, 0x6e, 0x61, 0x6d, 0x65, 0x0a, 0xb3, 0xa4]));
    // and nothing of what only follows from it
    expect(mistakes()).toEqual(['cities.csv:1']);
    copy.write('cities.csv', 'code,name\n430100,"长沙市\n');
    expect(mistakes().some((place) => place.startsWith('cities.csv:'))).toBe(true);
    copy.write('cities.csv', 'code,title\n430100,长沙市\n');
    expect(mistakes()).toContain('cities.csv:1');
    copy.write('cities.csv', 'code,name\n430100,长沙市,多余\n');
    expect(mistakes()).toContain('cities.csv:2');
    rmSync(join(copy.path, 'cities.csv'));
    rmSync(join(copy.path, 'provinces.csv'));
    expect(mistakes()).toEqual(['provinces.csv:1', 'cities.csv:1']);
  });

  it('makes one record of a unit that two rows name, and refuses one of two kinds', () => {
    const before = readList(copy.path);
    copy.correct(
      'consortia.csv',
      ['湘潭综合保税区,', '湘潭高新技术产业园区,'],
      ['湖南国防工业职业技术学院', '湖南科技大学'],
    );
    const after = readList(copy.path);
    expect(after.parks).toHaveLength(before.parks.length - 1);
    expect(after.organizations).toHaveLength(before.organizations.length - 1);
    copy.correct('consortia.csv', ['江南工业集团有限公司', '湖南科技大学']);
    expect(mistakes()).toEqual(['consortia.csv:13']);
  });

  it('reads a city-less park where two cities name it', () => {
    copy.correct('consortia.csv', ['娄底经济技术开发区', '湘潭高新技术产业园区']);
    expect(readList(copy.path).parks.find(({ name }) => name === '湘潭高新技术产业园区')?.cityCode).toBeNull();
  });
});
