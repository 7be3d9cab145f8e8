import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Field, Info, ObjectType } from 'type-graphql';
import { Payload } from '../graph/payload.js';
import type { Context } from '../reading/context.js';
import { ReportPayload } from '../reports/report.payload.js';
import { SealAttestation } from './seal.entity.js';
import { SealRequirement } from './seal-requirement.entity.js';

@ObjectType({ description: '确认盖章的结果。 Answer to attestSeal.' })
export class AttestSealPayload extends ReportPayload {
  sealId?: string;
  @Field(() => SealAttestation, { nullable: true, description: '盖章确认。 The attestation.' })
  seal(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<SealAttestation | null> {
    return c.afterwards<SealAttestation>(info, SealAttestation, this.sealId);
  }
}

@ObjectType({ description: '用印规定的结果。 Answer to decideSealRequirement.' })
export class DecideSealRequirementPayload extends Payload {
  id!: string | null;
  @Field(() => SealRequirement, { nullable: true, description: '用印规定。 The requirement.' })
  requirement(@Ctx() c: Context, @Info() info: GraphQLResolveInfo): Promise<SealRequirement | null> {
    return c.afterwards<SealRequirement>(info, SealRequirement, this.id);
  }
}
