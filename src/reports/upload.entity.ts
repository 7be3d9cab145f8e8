import { Column, Entity, Index } from 'typeorm';
import { OneLine } from '../database/one-line.js';
import { Registered } from '../database/registered.js';
import { Node } from '../graph/node.js';

/** Bytes on their way: announced, then received, then attached. */
@Entity()
@Registered({ prefix: 'upl', zh: '上传', en: 'upload' })
@Index(['expiresAt'])
@Index(['tokenId', 'createdAt'])
@OneLine('fileName')
export class Upload extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  /** Null for the province's own. */
  @Column({ type: 'text', nullable: true })
  cityId!: string | null;

  @Column({ type: 'text', nullable: true })
  consortiumId!: string | null;

  @Column({ type: 'text' })
  tokenId!: string;

  @Column({ type: 'text' })
  fileName!: string;

  @Column({ type: 'int' })
  byteSize!: number;

  @Column({ type: 'text' })
  sha256!: string;

  @Column({ type: 'text' })
  storageKey!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  receivedAt!: Date | null;
}
