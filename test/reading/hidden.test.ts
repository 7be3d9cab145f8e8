import { type TestService, testService } from '../support/service.js';

let s: TestService;
beforeAll(async () => {
  s = await testService();
  // a board of which nobody is a member yet
  await s.owner.query(
    "INSERT INTO board (id, province_id, city_id, consortium_id, form) SELECT 'brd_empty', province_id, city_id, id, 'COUNCIL' FROM consortium WHERE code = '430000-2024-06'",
  );
});
afterAll(() => s?.close());

const EMPTY = { board: { members: [] }, obligations: [], reports: { totalCount: 0, nodes: [] } };
const HIDDEN = { board: { members: null }, obligations: null, reports: null };

it.each([
  ['its board', 'BOARD', '430000-2024-06', EMPTY],
  ['its bureau', 'CITY_BUREAU', '430400', EMPTY],
  ['a department of its city', 'CITY_DEPARTMENT', 'FINANCE', EMPTY],
  ['its province', 'PROVINCE', undefined, EMPTY],
  ['an analyst', 'ANALYST', undefined, { ...EMPTY, board: HIDDEN.board }],
  ['another board of its city or none', 'BOARD', '430000-2024-07', HIDDEN],
  ['another bureau', 'CITY_BUREAU', '430200', HIDDEN],
  ['the administrator', 'ADMINISTRATOR', undefined, HIDDEN],
  ['the public', undefined, undefined, HIDDEN],
])('what is empty is an empty list, and what is hidden is null: for %s', async (_who, role, code, expected) => {
  const { data } = await s.ask(
    role ? s.token(role, code) : null,
    '{ consortium(code: "430000-2024-06") { board { members { name } } obligations(year: 1999) { id } reports { totalCount nodes { id } } } }',
  );
  expect(data.consortium).toEqual(expected);
});
