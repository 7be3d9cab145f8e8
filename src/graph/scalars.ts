import { GraphQLScalarType } from 'graphql';
import { DateTimeResolver as DateTime, LocalDateResolver as LocalDate } from 'graphql-scalars';

const described = (scalar: GraphQLScalarType, description: string) =>
  new GraphQLScalarType({ ...scalar.toConfig(), description });

export const DateTimeResolver = described(
  DateTime,
  '时刻（RFC 3339），以 UTC 传输，如 2027-01-20T15:59:59.999Z。 An instant, RFC 3339, UTC on the wire.',
);
export const LocalDateResolver = described(LocalDate, '上海时区的一天，如 2027-01-20。 A day in Asia/Shanghai.');
