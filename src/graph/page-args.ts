import { ArgsType, Field, Int } from 'type-graphql';

/** Relay's arguments: 1 to 100 rows, 20 by default; outside that an error. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: '向后取的条数，1至100，默认20。 Rows from the start, 1 to 100, 20 by default.',
  })
  first?: number | null;
  @Field(() => String, { nullable: true, description: '从此游标之后开始。 Start after this cursor.' })
  after?: string | null;
  @Field(() => Int, { nullable: true, description: '向前取的条数，1至100。 Rows from the end, 1 to 100.' })
  last?: number | null;
  @Field(() => String, { nullable: true, description: '到此游标之前为止。 End before this cursor.' })
  before?: string | null;
}
