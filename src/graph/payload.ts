import { Ctx, Field, InputType, ObjectType } from 'type-graphql';
import { AtMost } from './hints.js';
import type { Language } from './language.js';
import { errorsIn, type RawUserError, type RawUserWarning, UserError, UserWarning, warningsIn } from './user-errors.js';

/** Every input may be rehearsed. */
@InputType()
export abstract class Validated {
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: '只作校验：运行同样的检查而不保存。 Run the same checks and save nothing.',
  })
  validateOnly?: boolean;
}

/** Every answer of a mutation names all its business errors at once. */
@ObjectType()
export abstract class Payload {
  userErrorsRaw!: RawUserError[];

  @Field(() => [UserError], {
    description: '业务错误，一次给出全部；为空即成功。 Business errors, all of them at once; none means success.',
  })
  @AtMost(100)
  userErrors(@Ctx() c: { language: Language }): UserError[] {
    return errorsIn(this.userErrorsRaw, c.language);
  }

  warningsRaw!: RawUserWarning[];

  @Field(() => [UserWarning], {
    description:
      '提示：照办了（validateOnly 则为可照办），但值得一看。 Warnings: it was done (with validateOnly: can be), and deserves a look.',
  })
  @AtMost(100)
  warnings(@Ctx() c: { language: Language }): UserWarning[] {
    return warningsIn(this.warningsRaw, c.language);
  }

  /** Arguments in, one call, payload out. */
  static of<P extends Payload, O extends { userErrors: RawUserError[]; warnings?: RawUserWarning[] }>(
    type: new () => P,
    outcome: O,
  ): P {
    const { userErrors, warnings = [], ...rest } = outcome;
    return Object.assign(new type(), rest, { userErrorsRaw: userErrors, warningsRaw: warnings });
  }
}
