import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql';
import { boundOf } from '../../src/graph/bounds.js';
import { createSchema } from '../../src/schema.js';
import { LIMITS } from '../../src/server/limits.js';

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await createSchema();
});

const types = () => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const text = ({ type }: { type: GraphQLArgument['type'] }) => ['String', 'ID'].includes(getNamedType(type).name);
const list = ({ type }: { type: GraphQLArgument['type'] }) => isListType(getNullableType(type));

/** [where, what takes it] of everything that comes from outside. */
function taken(): [string, GraphQLArgument | GraphQLInputField][] {
  return types().flatMap((type): [string, GraphQLArgument | GraphQLInputField][] => {
    if (isInputObjectType(type)) return Object.values(type.getFields()).map((f) => [`${type.name}.${f.name}`, f]);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((arg): [string, GraphQLArgument] => [`${type.name}.${field.name}(${arg.name})`, arg]),
    );
  });
}

it('every text and every list that comes from outside says what it takes at most', () => {
  const silent = taken()
    .filter(([, holder]) => text(holder) || list(holder))
    .filter(([, holder]) => {
      const { length, items } = boundOf(holder);
      const said = (holder.description ?? '').replaceAll(',', '');
      const members = /^(and|or)$/.test(holder.name);
      return !(
        (!text(holder) || (said.includes(`至多${length}字`) && said.includes(`${length} characters`))) &&
        (!list(holder) || said.includes(`至多${members ? '50项' : `${items}个值`}`))
      );
    })
    .map(([where]) => where);
  expect(silent).toEqual([]);
  expect(taken().filter(([, holder]) => text(holder)).length).toBeGreaterThan(70);
});

it('only what a mutation judges by itself is left to it', () => {
  const left = taken().filter(([, holder]) => text(holder) && boundOf(holder).byRule);
  expect(left.map(([where]) => where).sort()).toEqual([
    'AcceptReportInput.comment',
    'ApproveReportInput.comment',
    'CreateReportDraftInput.summary',
    'CreateReportDraftInput.title',
    'CreateUploadInput.fileName',
    'ExtendObligationInput.reason',
    'IssueTokenInput.label',
    'ReopenReportInput.reason',
    'ReturnReportInput.comment',
    'SubmitReportInput.comment',
    'UpdateReportDraftInput.summary',
    'UpdateReportDraftInput.title',
    'WithdrawReportInput.comment',
  ]);
});

it('no name of the schema is longer than a document may say', () => {
  const names = types().flatMap((type) => [
    type.name,
    ...(isObjectType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : []),
  ]);
  expect(names.filter((name) => name.length > LIMITS.name)).toEqual([]);
});
