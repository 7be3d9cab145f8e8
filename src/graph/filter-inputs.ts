import { Field, ID, InputType, Int } from 'type-graphql';
import { LocalDateResolver } from './scalars.js';

const EQ = '等于。 Equal to.';
const NE = '不等于。 Not equal to.';
const IN = '属于。 One of.';
const NOT_IN = '不属于。 None of.';
const NULL = '是否为空。 Is it empty?';
const [GT, GTE, LT, LTE] = [
  '大于。 Greater than.',
  '大于或等于。 At least.',
  '小于。 Less than.',
  '小于或等于。 At most.',
];

/** Comparators of an enum, the same for every enum. */
export function enumFilter<E extends object>(name: string, values: E) {
  @InputType(name, { description: '枚举比较。 Comparators of an enum.' })
  class EnumFilter {
    @Field(() => values, { nullable: true, description: EQ })
    eq?: keyof E;
    @Field(() => values, { nullable: true, description: NE })
    ne?: keyof E;
    @Field(() => [values], { nullable: true, description: IN })
    in?: (keyof E)[];
    @Field(() => [values], { nullable: true, description: NOT_IN })
    notIn?: (keyof E)[];
  }
  return EnumFilter;
}

@InputType({ description: '文字比较。 Comparators of a text.' })
export class StringFilter {
  @Field(() => String, { nullable: true, description: EQ })
  eq?: string;
  @Field(() => String, { nullable: true, description: NE })
  ne?: string;
  @Field(() => [String], { nullable: true, description: IN })
  in?: string[];
  @Field(() => [String], { nullable: true, description: NOT_IN })
  notIn?: string[];
  @Field(() => String, {
    nullable: true,
    description:
      '包含；名称不分全半角与大小写；一个筛选至多10处。 Contains; for names in either width and any case; 10 in a filter at most.',
  })
  contains?: string;
  @Field(() => String, { nullable: true, description: '以此开头。 Starts with.' })
  startsWith?: string;
  @Field(() => Boolean, { nullable: true, description: NULL })
  isNull?: boolean;
}

@InputType({ description: '整数比较。 Comparators of a whole number.' })
export class IntFilter {
  @Field(() => Int, { nullable: true, description: EQ })
  eq?: number;
  @Field(() => Int, { nullable: true, description: NE })
  ne?: number;
  @Field(() => [Int], { nullable: true, description: IN })
  in?: number[];
  @Field(() => [Int], { nullable: true, description: NOT_IN })
  notIn?: number[];
  @Field(() => Int, { nullable: true, description: GT })
  gt?: number;
  @Field(() => Int, { nullable: true, description: GTE })
  gte?: number;
  @Field(() => Int, { nullable: true, description: LT })
  lt?: number;
  @Field(() => Int, { nullable: true, description: LTE })
  lte?: number;
  @Field(() => Boolean, { nullable: true, description: NULL })
  isNull?: boolean;
}

@InputType({ description: '编号比较。 Comparators of an id.' })
export class IdFilter {
  @Field(() => ID, { nullable: true, description: EQ })
  eq?: string;
  @Field(() => ID, { nullable: true, description: NE })
  ne?: string;
  @Field(() => [ID], { nullable: true, description: IN })
  in?: string[];
  @Field(() => [ID], { nullable: true, description: NOT_IN })
  notIn?: string[];
  @Field(() => Boolean, { nullable: true, description: NULL })
  isNull?: boolean;
}

@InputType({ description: '日期比较。 Comparators of a day.' })
export class LocalDateFilter {
  @Field(() => LocalDateResolver, { nullable: true, description: EQ })
  eq?: string;
  @Field(() => LocalDateResolver, { nullable: true, description: GT })
  gt?: string;
  @Field(() => LocalDateResolver, { nullable: true, description: GTE })
  gte?: string;
  @Field(() => LocalDateResolver, { nullable: true, description: LT })
  lt?: string;
  @Field(() => LocalDateResolver, { nullable: true, description: LTE })
  lte?: string;
  @Field(() => Boolean, { nullable: true, description: NULL })
  isNull?: boolean;
}
