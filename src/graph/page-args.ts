import { ArgsType, Field, Int } from 'type-graphql';
import { DEFAULT_PAGE, MAX_PAGE } from './page-size.js';

/** Relay's arguments; a number of rows outside of the bounds is an error. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: `向后取的条数，1至${MAX_PAGE}，默认${DEFAULT_PAGE}。 Rows from the start, 1 to ${MAX_PAGE}, ${DEFAULT_PAGE} by default.`,
  })
  first?: number | null;
  @Field(() => String, { nullable: true, description: '从此游标之后开始。 Start after this cursor.' })
  after?: string | null;
  @Field(() => Int, {
    nullable: true,
    description: `向前取的条数，1至${MAX_PAGE}。 Rows from the end, 1 to ${MAX_PAGE}.`,
  })
  last?: number | null;
  @Field(() => String, { nullable: true, description: '到此游标之前为止。 End before this cursor.' })
  before?: string | null;
}
