import { normalised, similarity, sketchOf } from '../../../src/files/inspection/sketch.js';
import { dice } from './support.js';

const { fromCodePoint: letterOf } = String;
const { min: lower } = Math;

/** Sentences of characters as frequent as in Chinese, more or less. */
function text(seed: number, characters: number): string {
  const roll = dice(seed);
  let made = '';
  for (let i = 0; i < characters; i++) made += letterOf(0x4e00 + lower(roll(3_000), roll(3_000)));
  return made;
}

const gramsOf = (letters: string) => Array.from({ length: letters.length - 2 }, (_, i) => letters.slice(i, i + 3));

function exactly(word: string, pdf: string): number {
  const a = new Set(gramsOf(normalised(word)));
  const b = new Set(gramsOf(normalised(pdf)));
  return [...a].filter((gram) => b.has(gram)).length / a.size;
}

const of = (word: string, pdf: string) => similarity(sketchOf(word), sketchOf(pdf));

describe('the similarity of two texts', () => {
  it('is that of their letters, however they are set', () => {
    expect(of('一、总体要求 Plan 2027', '一 总体\n要求，ＰＬＡＮ　２０２７')).toBe(1);
    expect(of('年度工作计划', '半年工作总结')).toBeLessThan(0.3);
    expect(of('年度工作计划', '关于年度工作计划的通知（第一页）')).toBe(1);
  });

  it('is defined for the shortest texts, and null without any', () => {
    expect(of('年', '年')).toBe(1);
    expect(of('年', '度')).toBe(0);
    expect(of('年度', `${text(1, 100_000)}`)).toBe(0);
    expect(sketchOf(' \n。，')).toBe(null);
    expect(similarity(null, sketchOf('年度'))).toBe(null);
    expect(similarity(sketchOf('年度'), null)).toBe(null);
    expect(similarity(Buffer.from('nonsense'), sketchOf('年度'))).toBe(null);
  });

  it.each([
    [2_000, 0.9],
    [20_000, 0.5],
    [60_000, 0.2],
    [100_000, 0.95],
  ])('is nearly the exact one: %i characters, %d of them in the PDF', (size, share) => {
    const word = text(size, size);
    const pdf = text(size + 1, 5_000) + word.slice(0, size * share) + text(size + 2, size * (1 - share));
    expect(Math.abs(of(word, pdf)! - exactly(word, pdf))).toBeLessThan(0.03);
    expect(Math.abs(of(pdf, word)! - exactly(pdf, word))).toBeLessThan(0.03);
  });

  it('takes a part of the PDF for what it is', () => {
    const word = text(7, 50_000);
    const part = sketchOf(word.slice(10_000, 15_000), true);
    expect(similarity(sketchOf(word), part)).toBe(1);
    expect(similarity(sketchOf(text(8, 50_000)), part)).toBeLessThan(0.05);
  });

  it('costs little: four million characters are sixteen kilobytes', () => {
    const long = text(9, 250_000).repeat(16);
    const started = process.cpuUsage();
    expect(sketchOf(long)!.length).toBeLessThanOrEqual(4 + 4 * 4_096);
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });
});
