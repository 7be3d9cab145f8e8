import { ArgsType, Field, InputType } from 'type-graphql';
import { OrganizationKind } from '../graph/enums.js';
import { enumFilter, StringFilter } from '../graph/filter-inputs.js';
import { PageArgs } from '../graph/page-args.js';

const OrganizationKindFilter = enumFilter('OrganizationKindFilter', OrganizationKind);

@InputType({ description: '单位筛选；各项须同时满足。 Filter of organizations; all given must hold.' })
export class OrganizationFilter {
  @Field(() => OrganizationKindFilter, { nullable: true, description: '类别。 Kind.' })
  kind?: object;
  @Field(() => StringFilter, { nullable: true, description: '名称。 Name.' })
  name?: StringFilter;
  @Field(() => [OrganizationFilter], {
    nullable: true,
    description:
      '全部满足；空的不计；and、or、not 合计至多50项。 All of these; empty ones do not count; 50 with or and not together at most.',
  })
  and?: OrganizationFilter[];
  @Field(() => [OrganizationFilter], {
    nullable: true,
    description:
      '任一满足；空的不计；and、or、not 合计至多50项。 Any of these; empty ones do not count; 50 with and and not together at most.',
  })
  or?: OrganizationFilter[];
  @Field(() => OrganizationFilter, {
    nullable: true,
    description: '不满足；空的不计。 Not this; an empty one does not count.',
  })
  not?: OrganizationFilter;
}

@ArgsType()
export class OrganizationsArgs extends PageArgs {
  @Field(() => OrganizationFilter, { nullable: true, description: '筛选。 Filter.' })
  filter?: OrganizationFilter;
  @Field(() => String, {
    nullable: true,
    description: '名称的一部分或拼音首字母。 Part of a name or pinyin initials.',
  })
  query?: string;
}
