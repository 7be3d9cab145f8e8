import { newReceiptNumber, readReceiptNumber } from '../../src/receipts/facts.js';

test('a number is read as it was made, and none is made twice', () => {
  const numbers = new Set(Array.from({ length: 2_000 }, () => newReceiptNumber('ACCEPTANCE', 2027)));
  expect(numbers.size).toBe(2_000);
  for (const number of numbers) {
    expect(number).toMatch(/^R2027(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
    expect(readReceiptNumber(number)).toBe(number);
  }
  expect(newReceiptNumber('SUBMISSION', 2026)).toMatch(/^S2026-/);
});

test('every letter of the alphabet comes in every place', () => {
  const places = Array.from({ length: 16 }, () => new Set<string>());
  for (let i = 0; i < 2_000; i++) {
    const random = newReceiptNumber('ACCEPTANCE', 2027).slice(6).replaceAll('-', '');
    [...random].forEach((letter, place) => {
      places[place].add(letter);
    });
  }
  expect(places.map((place) => place.size)).toEqual(places.map(() => 32));
});

test('typing is forgiven, guessing is not', () => {
  const number = 'R2027-0KB1-VJM1-DBMP-428Z';
  for (const typed of [
    'r2027-okbl-vjmi-dbmp-428z',
    ' R2027 0KB1 VJM1 DBMP 428Z\n',
    'Ｒ２０２７—０ＫＢ１—ＶＪＭ１—ＤＢＭＰ—４２８Ｚ',
    'R20270KB1VJM1DBMP428Z',
  ])
    expect(readReceiptNumber(typed)).toBe(number);
  for (const wrong of [
    '',
    number.slice(0, -1),
    `${number}0`,
    number.replace('Z', 'U'),
    'X2027-0KB1-VJM1-DBMP-428Z',
    '%',
  ])
    expect(readReceiptNumber(wrong)).toBeNull();
  expect(readReceiptNumber('R'.repeat(1_000_000))).toBeNull();
});
