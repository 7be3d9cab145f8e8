import { fold, searchText, sortKey } from '../../src/database/text.js';

const sorted = (...names: string[]) =>
  names
    .map((name) => [Buffer.from(sortKey(name)), name] as const)
    .sort(([a], [b]) => Buffer.compare(a, b))
    .map(([, name]) => name);

describe('fold', () => {
  it('makes both widths and both cases of a name one', () => {
    expect(fold('银河麒麟软件（长沙）有限公司')).toBe(fold('银河麒麟软件(长沙)有限公司'));
    expect(fold(' ＡＢＣ１２ａ ')).toBe('abc12a');
    // as PDFs give it: Kangxi radicals, the radicals' supplement, and what nobody sees
    expect(fold('⻓沙⾼新⻋⻔⻰⼯业⻢⻜')).toBe('长沙高新车门龙工业马飞');
    for (const unseen of [
      '\u200b',
      '\u200c',
      '\u200d',
      '\u200e',
      '\u200f',
      '\u202a',
      '\u202e',
      '\u2060',
      '\u2066',
      '\u2069',
      '\ufeff',
      '\u00ad',
      '\u061c',
      '\ufe0f',
      '\u{e0100}',
      '\u180e',
    ])
      expect(fold(`长${unseen}沙${unseen}`)).toBe('长沙');
    expect(fold('\u200b\u200e')).toBe('');
    expect(fold('⺀')).toBe('⺀');
  });
});

describe('sortKey', () => {
  it('reads a character in its word', () => {
    expect(sortKey('长沙')).toBe('chang2 sha1\n长沙');
    expect(sortKey('校长')).toBe('xiao4 zhang3\n校长');
    expect(sortKey('中联重科股份有限公司')).toMatch(/^zhong1 lian2 zhong4 ke1 /);
  });

  it('stands in the order of a Chinese index', () => {
    expect(sorted('株洲市', '长沙市', '岳阳市', '郴州市', '常德市', '张家界市', '长沙')).toEqual([
      '常德市',
      '长沙',
      '长沙市',
      '郴州市',
      '岳阳市',
      '张家界市',
      '株洲市',
    ]);
  });

  it('keeps letters and digits together and leaves brackets out', () => {
    expect(sortKey('信维(益阳)A1厂')).toBe('xin4 wei2 yi4 yang2 a1 chang3\n信维(益阳)A1厂');
    expect(sortKey('绿')).toBe('lv4\n绿');
  });

  it('tells two names apart that read alike', () => {
    expect(sortKey('益阳（高新）')).not.toBe(sortKey('益阳(高新)'));
  });
});

describe('searchText', () => {
  it('has the folded name and the initials', () => {
    expect(searchText('信维电子科技（益阳）有限公司')).toBe('信维电子科技(益阳)有限公司\nxwdzkjyyyxgs');
    expect(searchText('长沙A1园区')).toBe('长沙a1园区\ncsa1yq');
  });
});
