import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MAX_KEPT_ANSWER } from '../access/budgets.js';
import { Registered } from '../database/registered.js';

/** The stored answer of a mutation that carried an Idempotency-Key. */
@Entity()
@Registered({ zh: '幂等应答', en: 'stored answer of an Idempotency-Key' })
@Index(['tokenId', 'createdAt'])
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

  /** Of the token's budget: its bytes, and until they are there those of the longest answer that is kept. */
  @Column({ type: 'int', default: MAX_KEPT_ANSWER })
  weight!: number;

  @Index()
  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
