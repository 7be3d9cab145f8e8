import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Registered } from '../database/registered.js';
import type { Role } from '../graph/enums.js';

/** Who did what, for good: no row is ever changed or deleted, whoever asks. */
@Entity()
@Registered({ zh: '审计记录', en: 'audit entry' })
@Index(['at', 'serial'])
@Index(['subjectId'])
@Index(['tokenId', 'action', 'at'])
@Index(['eventId'], { unique: true, where: 'event_id IS NOT NULL' })
export class AuditEntry {
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS', primary: true })
  serial!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column({ type: 'text' })
  actorRole!: Role | 'LOADER' | 'JOB';

  @Column({ type: 'text', nullable: true })
  accountId!: string | null;

  @Column({ type: 'text', nullable: true })
  tokenId!: string | null;

  @Column({ type: 'text', nullable: true })
  requestId!: string | null;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text' })
  subjectId!: string;

  @Column({ type: 'text', nullable: true })
  provinceId!: string | null;

  /** Of a step: its event. */
  @Column({ type: 'text', nullable: true })
  eventId!: string | null;

  /** Never content, never a secret. */
  @Column({ type: 'jsonb', default: {} })
  detail!: Record<string, unknown>;
}

/** What the world will be told after the commit. The serial follows commit order: a trigger gives it under a lock. */
@Entity()
@Registered({ zh: '待发事件', en: 'outbox event' })
@Index(['eventId'], { unique: true, where: 'event_id IS NOT NULL' })
export class OutboxEvent {
  @PrimaryColumn({ type: 'bigint' })
  serial!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'text' })
  subjectId!: string;

  @Column({ type: 'text' })
  provinceId!: string;

  @Column({ type: 'text', nullable: true })
  cityId!: string | null;

  @Column({ type: 'text', nullable: true })
  consortiumId!: string | null;

  /** Of a step: its event. */
  @Column({ type: 'text', nullable: true })
  eventId!: string | null;

  @Column({ type: 'jsonb' })
  payload!: Record<string, unknown>;
}
