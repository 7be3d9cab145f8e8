import { ArgsType, Field, InputType } from 'type-graphql';
import { ConsortiumStatus, SortDirection } from '../graph/enums.js';
import { enumFilter, IdFilter, IntFilter, StringFilter } from '../graph/filter-inputs.js';
import { labelledEnum } from '../graph/labels.js';
import { PageArgs } from '../graph/page-args.js';

const ConsortiumStatusFilter = enumFilter('ConsortiumStatusFilter', ConsortiumStatus);

export const ConsortiumSortField = labelledEnum(
  'ConsortiumSortField',
  { zh: '联合体排序字段。', en: 'What consortia are sorted by.' },
  {
    LIST_NUMBER: { zh: '名单序号', en: 'Number on the list' },
    NAME: { zh: '名称（拼音）', en: 'Name, in pinyin order' },
    CITY: { zh: '市州（拼音），再按名单序号', en: 'City, in pinyin order, then number on the list' },
  },
);

@InputType({ description: '联合体排序。 Order of consortia.' })
export class ConsortiumSort {
  @Field(() => ConsortiumSortField, { description: '字段。 Field.' })
  field!: keyof typeof ConsortiumSortField;
  @Field(() => SortDirection, {
    nullable: true,
    defaultValue: 'ASC',
    description: '方向，默认升序。 Direction, ascending by default.',
  })
  direction?: SortDirection;
}

@InputType({ description: '联合体筛选；各项须同时满足。 Filter of consortia; all given must hold.' })
export class ConsortiumFilter {
  @Field(() => StringFilter, { nullable: true, description: '市州代码。 Code of the city.' })
  cityCode?: StringFilter;
  @Field(() => ConsortiumStatusFilter, { nullable: true, description: '状态。 Status.' })
  status?: object;
  @Field(() => StringFilter, { nullable: true, description: '名称。 Name.' })
  name?: StringFilter;
  @Field(() => IntFilter, { nullable: true, description: '名单序号。 Number on the list.' })
  listNumber?: IntFilter;
  @Field(() => IdFilter, { nullable: true, description: '含此单位（牵头或成员）。 With this unit, lead or member.' })
  organizationId?: IdFilter;
  @Field(() => IdFilter, { nullable: true, description: '依托此园区。 Leaning on this park.' })
  parkId?: IdFilter;
  @Field(() => [ConsortiumFilter], {
    nullable: true,
    description:
      '全部满足；空的不计；and、or、not 合计至多50项。 All of these; empty ones do not count; 50 with or and not together at most.',
  })
  and?: ConsortiumFilter[];
  @Field(() => [ConsortiumFilter], {
    nullable: true,
    description:
      '任一满足；空的不计；and、or、not 合计至多50项。 Any of these; empty ones do not count; 50 with and and not together at most.',
  })
  or?: ConsortiumFilter[];
  @Field(() => ConsortiumFilter, {
    nullable: true,
    description: '不满足；空的不计。 Not this; an empty one does not count.',
  })
  not?: ConsortiumFilter;
}

@ArgsType()
export class ConsortiaArgs extends PageArgs {
  @Field(() => ConsortiumFilter, { nullable: true, description: '筛选。 Filter.' })
  filter?: ConsortiumFilter;
  @Field(() => String, {
    nullable: true,
    description:
      '名称的一部分或拼音首字母，不分全半角与大小写。 Part of a name or pinyin initials, in either width and any case.',
  })
  query?: string;
  @Field(() => ConsortiumSort, {
    nullable: true,
    description: '排序，默认按名单序号。 Order, by number on the list by default.',
  })
  sort?: ConsortiumSort;
}
