import type { Actor } from '../src/access/actor.js';

/** What both servers are asked: our document, and the statement that a careful person would write by hand for it. */
export type ReadCase = {
  name: string;
  role: Actor['role'];
  query: string;
  variables: Record<string, unknown>;
  /** Answers the whole `data` as one JSON text. The policies alone decide what is seen. */
  sql: string;
  values: unknown[];
};

const CONSORTIUM = `id code listNumber name status city { code name } parks { name } leadSchools { id name } leadEnterprises { id name } board { id form }`;

const LEADS = (role: string) =>
  `(SELECT coalesce(json_agg(json_build_object('id', o.id, 'name', o.name) ORDER BY m.position, m.id), '[]') FROM membership m JOIN organization o ON o.id = m.organization_id WHERE m.consortium_id = c.id AND m.role = '${role}')`;
const CONSORTIUM_SQL = `json_build_object('id', c.id, 'code', c.code, 'listNumber', c.list_number, 'name', c.name, 'status', c.status,
  'city', (SELECT json_build_object('code', t.code, 'name', t.name) FROM city t WHERE t.id = c.city_id),
  'parks', (SELECT coalesce(json_agg(json_build_object('name', p.name) ORDER BY l.position, l.id), '[]') FROM consortium_park l JOIN park p ON p.id = l.park_id WHERE l.consortium_id = c.id),
  'leadSchools', ${LEADS('LEAD_SCHOOL')}, 'leadEnterprises', ${LEADS('LEAD_ENTERPRISE')},
  'board', (SELECT json_build_object('id', b.id, 'form', b.form) FROM board b WHERE b.consortium_id = c.id))`;
const pageOf = (field: string, rows: string) =>
  `SELECT json_build_object('${field}', json_build_object('nodes', coalesce(json_agg(x.j), '[]'))) AS r FROM (${rows}) x`;
const INSTANT = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export function readCases(deep: { cursor: string; listNumber: number; id: string }, oneId: string): ReadCase[] {
  return [
    {
      name: 'first 20 consortia with city, parks, leads and board',
      role: 'PUBLIC',
      query: `{ consortia(first: 20) { nodes { ${CONSORTIUM} } } }`,
      variables: {},
      sql: pageOf('consortia', `SELECT ${CONSORTIUM_SQL} j FROM consortium c ORDER BY c.list_number, c.id LIMIT 20`),
      values: [],
    },
    {
      name: "a bureau's queue of submitted reports with consortium",
      role: 'CITY_BUREAU',
      query:
        '{ reports(first: 20, filter: { state: { eq: SUBMITTED } }, sort: { field: SUBMITTED_AT, direction: ASC }) { nodes { id state version submittedAt consortium { id code name } obligation { year kind } } } }',
      variables: {},
      sql: pageOf(
        'reports',
        `SELECT json_build_object('id', r.id, 'state', r.state, 'version', r.version, 'submittedAt', ${INSTANT('r.submitted_at')},
           'consortium', json_build_object('id', c.id, 'code', c.code, 'name', c.name), 'obligation', (SELECT json_build_object('year', o.year, 'kind', o.kind) FROM report_obligation o WHERE o.id = r.obligation_id)) j
         FROM report r JOIN consortium c ON c.id = r.consortium_id WHERE r.state = 'SUBMITTED' ORDER BY r.queued_at, r.id LIMIT 20`,
      ),
      values: [],
    },
    {
      name: 'one node by id',
      role: 'PUBLIC',
      query: `query ($id: ID!) { node(id: $id) { id ... on Consortium { code name status city { code name } leadSchools { id name } } } }`,
      variables: { id: oneId },
      sql: `SELECT json_build_object('node', (SELECT json_build_object('id', c.id, 'code', c.code, 'name', c.name, 'status', c.status,
        'city', (SELECT json_build_object('code', t.code, 'name', t.name) FROM city t WHERE t.id = c.city_id), 'leadSchools', ${LEADS('LEAD_SCHOOL')}) FROM consortium c WHERE c.id = $1)) AS r`,
      values: [oneId],
    },
    {
      name: 'a page deep in the list',
      role: 'PUBLIC',
      query:
        'query ($after: String) { consortia(first: 20, after: $after) { nodes { id code listNumber name city { name } } } }',
      variables: { after: deep.cursor },
      sql: pageOf(
        'consortia',
        `SELECT json_build_object('id', c.id, 'code', c.code, 'listNumber', c.list_number, 'name', c.name, 'city', (SELECT json_build_object('name', t.name) FROM city t WHERE t.id = c.city_id)) j
         FROM consortium c WHERE (c.list_number, c.id) > ($1::int, $2) ORDER BY c.list_number, c.id LIMIT 20`,
      ),
      values: [deep.listNumber, deep.id],
    },
  ];
}
