import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { createSchema, printed } from '../../src/schema.js';

const file = (name: string) => readFileSync(new URL(`../../schema/${name}`, import.meta.url), 'utf8');
const HARMLESS = [
  'VALUE_ADDED_TO_ENUM',
  'OPTIONAL_INPUT_FIELD_ADDED',
  'OPTIONAL_ARG_ADDED',
  'IMPLEMENTED_INTERFACE_ADDED',
];

describe('the schema', () => {
  it('contains the contracts that clients are written against', async () => {
    const [contract, schema] = [
      buildSchema(file('contract.graphql') + file('contract-files.graphql')),
      await createSchema(),
    ];
    expect(findBreakingChanges(contract, schema)).toEqual([]);
    expect(findDangerousChanges(contract, schema).filter((change) => !HARMLESS.includes(change.type))).toEqual([]);
  });

  it('is the committed file', async () => {
    expect(printed(await createSchema())).toBe(file('schema.graphql'));
  });

  it('has a label beside every enum of an answer', async () => {
    const missing: string[] = [];
    for (const type of Object.values((await createSchema()).getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__')) continue;
      const fields = type.getFields();
      for (const { name, type: of } of Object.values(fields)) {
        if (!isEnumType(getNamedType(of)) || (name === 'code' && fields.message)) continue;
        if (!fields[`${name}Label`] && !fields[`${name.replace(/s$/, '')}Labels`]) missing.push(`${type.name}.${name}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('describes every type, field, argument and value, Chinese first', async () => {
    const missing: string[] = [];
    const check = (name: string, description: string | null | undefined) => {
      if (!/\p{Script=Han}/u.test(description ?? '') || !/[a-zA-Z]{2}/.test(description ?? '')) missing.push(name);
    };
    const types: GraphQLNamedType[] = Object.values((await createSchema()).getTypeMap());
    for (const type of types.filter((t) => !t.name.startsWith('__') && !isSpecifiedScalarType(t)))
      check(type.name, type.description);
    for (const type of types.filter((t) => !t.name.startsWith('__'))) {
      if (isObjectType(type) || isInterfaceType(type))
        for (const field of Object.values(type.getFields())) {
          check(`${type.name}.${field.name}`, field.description);
          for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg.description);
        }
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field.description);
      if (isEnumType(type))
        for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description);
    }
    expect(missing).toEqual([]);
  });
});
