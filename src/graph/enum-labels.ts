import { Arg, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { ApiError } from './errors.js';
import { AtMost } from './hints.js';
import { enumNames, labelsOf } from './labels.js';

@ObjectType({ simpleResolvers: true, description: '枚举值的名称。 Labels of an enum value.' })
export class EnumLabel {
  @Field({ description: '值。 Value.' })
  value!: string;
  @Field({ description: '中文。 Chinese.' })
  zh!: string;
  @Field({ description: '英文。 English.' })
  en!: string;
}

@Resolver()
export class EnumLabelResolver {
  @Query(() => [EnumLabel], {
    description: '某枚举各值的中英文名称，供下拉框使用。 Labels of an enum’s values, for drop-downs.',
  })
  @AtMost(50)
  enumLabels(
    @Arg('name', () => String, { description: '枚举名，如 ReportState。 Name of the enum.' }) name: string,
  ): EnumLabel[] {
    const labels = labelsOf(name);
    if (!labels)
      throw new ApiError('BAD_USER_INPUT', {
        message: { zh: '没有这个枚举，可用的见 params。', en: 'No such enum; params lists those there are.' },
        params: { names: enumNames() },
      });
    return labels;
  }
}
