import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Registered } from '../database/registered.js';

/** The stored answer of a mutation that carried an Idempotency-Key. */
@Entity()
@Registered({ zh: '幂等应答', en: 'stored answer of an Idempotency-Key' })
export class IdempotentAnswer {
  @PrimaryColumn({ type: 'text' })
  tokenId!: string;

  @PrimaryColumn({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  bodyHash!: string;

  /** Null while the first request still runs, and where its answer was lost. */
  @Column({ type: 'jsonb', nullable: true })
  answer!: unknown;

  /** Written in the change's own transaction: whether or not its answer was kept, it is not made again. */
  @Column({ type: 'boolean', default: false })
  changed!: boolean;

  @Index()
  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
