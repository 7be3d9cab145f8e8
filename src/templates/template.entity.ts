import { Column, Entity, Index, ManyToOne, type Relation } from 'typeorm';
import { OneLine } from '../database/one-line.js';
import { OneOf } from '../database/one-of.js';
import { Registered } from '../database/registered.js';
import { ReportKind } from '../graph/enums.js';
import { Node } from '../graph/node.js';
import { Province } from '../provinces/province.entity.js';

/** A province's own Word template of a kind; the newest counts, the others stay. */
@OneOf('kind', ReportKind)
@Entity()
@Registered({ prefix: 'tpl', zh: '材料模板', en: 'report template' })
@Index(['provinceId', 'kind', 'createdAt'])
@Index(['storageKey'])
@OneLine('fileName')
export class ReportTemplate extends Node {
  @Column({ type: 'text' })
  provinceId!: string;

  @ManyToOne(() => Province, { nullable: false })
  province!: Relation<Province>;

  @Column({ type: 'text' })
  kind!: ReportKind;

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

  @Column({ type: 'text' })
  createdBy!: string;
}
