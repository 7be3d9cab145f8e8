import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables, keys and indexes, as the entities have them. What the database holds by itself comes in the next one. */
export class Schema1732400000000 implements MigrationInterface {
  name = 'Schema1732400000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SCHEMA);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(TABLES.map((table) => `DROP TABLE IF EXISTS ${table} CASCADE`).join('; '));
  }
}

const SCHEMA = `
  CREATE TABLE audit_entry (
    serial bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    actor_role text NOT NULL,
    account_id text,
    token_id text,
    request_id text,
    action text NOT NULL,
    subject_id text NOT NULL,
    province_id text,
    detail jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT pk_audit_entry_serial PRIMARY KEY (serial)
  );
  CREATE INDEX ix_audit_entry_subject_id ON audit_entry (subject_id);
  CREATE INDEX ix_audit_entry_at_serial ON audit_entry (at, serial);
  CREATE TABLE outbox_event (
    serial bigint NOT NULL,
    at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    type text NOT NULL,
    subject_id text NOT NULL,
    province_id text NOT NULL,
    city_id text,
    consortium_id text,
    payload jsonb NOT NULL,
    CONSTRAINT pk_outbox_event_serial PRIMARY KEY (serial)
  );
  CREATE TABLE idempotent_answer (
    token_id text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    answer jsonb,
    created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotent_answer_token_id_key PRIMARY KEY (token_id,
    key)
  );
  CREATE INDEX ix_idempotent_answer_created_at ON idempotent_answer (created_at);
  CREATE TABLE province (
    id text NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    due_day_counts boolean NOT NULL DEFAULT true,
    CONSTRAINT pk_province_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_province_code ON province (code);
  CREATE TABLE city (
    id text NOT NULL,
    province_id text NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_sort text COLLATE "C" NOT NULL,
    CONSTRAINT pk_city_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_city_code ON city (code);
  CREATE INDEX ix_city_province_id_code ON city (province_id, code);
  CREATE TABLE department (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text,
    kind text NOT NULL,
    name text COLLATE "C" NOT NULL,
    CONSTRAINT ck_department_kind CHECK (kind IN ('EDUCATION', 'DEVELOPMENT_AND_REFORM', 'INDUSTRY_AND_INFORMATION_TECHNOLOGY', 'FINANCE', 'HUMAN_RESOURCES_AND_SOCIAL_SECURITY', 'STATE_ASSETS')),
    CONSTRAINT pk_department_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_department_city_id ON department (city_id);
  CREATE UNIQUE INDEX ix_department_province_id_city_id_kind ON department (province_id, city_id, kind);
  CREATE TABLE organization (
    id text NOT NULL,
    province_id text NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    unified_social_credit_code text,
    name_sort text COLLATE "C" NOT NULL,
    search_text text COLLATE "C" NOT NULL,
    CONSTRAINT ck_organization_kind CHECK (kind IN ('SCHOOL', 'ENTERPRISE', 'RESEARCH_INSTITUTE', 'GOVERNMENT', 'INDUSTRY_ASSOCIATION')),
    CONSTRAINT pk_organization_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_organization_kind_name_sort_id ON organization (kind, name_sort, id);
  CREATE INDEX ix_organization_name_sort_id ON organization (name_sort, id);
  CREATE UNIQUE INDEX ix_organization_province_id_name ON organization (province_id, name);
  CREATE TABLE park (
    id text NOT NULL,
    province_id text NOT NULL,
    name text COLLATE "C" NOT NULL,
    city_id text,
    CONSTRAINT pk_park_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_park_city_id ON park (city_id);
  CREATE UNIQUE INDEX ix_park_province_id_name ON park (province_id, name);
  CREATE TABLE designation (
    id text NOT NULL,
    province_id text NOT NULL,
    document_number text NOT NULL,
    signed_on date NOT NULL,
    published_on date,
    signed_by text NOT NULL,
    year integer NOT NULL,
    CONSTRAINT pk_designation_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_designation_province_id_document_number ON designation (province_id, document_number);
  CREATE TABLE consortium (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    designation_id text NOT NULL,
    code text COLLATE "C" NOT NULL,
    list_number integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'ACTIVE',
    city_code text COLLATE "C" NOT NULL,
    city_sort text COLLATE "C" NOT NULL,
    name_sort text COLLATE "C" NOT NULL,
    search_text text COLLATE "C" NOT NULL,
    CONSTRAINT ck_consortium_status CHECK (status IN ('ACTIVE', 'WARNED', 'REMOVED', 'DISQUALIFIED')),
    CONSTRAINT pk_consortium_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_consortium_code ON consortium (code);
  CREATE INDEX ix_consortium_name ON consortium (name);
  CREATE UNIQUE INDEX ix_consortium_designation_id_list_number ON consortium (designation_id, list_number);
  CREATE INDEX ix_consortium_province_id_list_number_id ON consortium (province_id, list_number, id);
  CREATE INDEX ix_consortium_city_code_list_number_id ON consortium (city_code, list_number, id);
  CREATE INDEX ix_consortium_city_sort_id ON consortium (city_sort, id);
  CREATE INDEX ix_consortium_name_sort_id ON consortium (name_sort, id);
  CREATE INDEX ix_consortium_list_number_id ON consortium (list_number, id);
  CREATE TABLE consortium_park (
    id text NOT NULL,
    province_id text NOT NULL,
    consortium_id text NOT NULL,
    park_id text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT pk_consortium_park_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_consortium_park_park_id_consortium_id ON consortium_park (park_id, consortium_id);
  CREATE UNIQUE INDEX ix_consortium_park_consortium_id_position ON consortium_park (consortium_id, position);
  CREATE TABLE membership (
    id text NOT NULL,
    province_id text NOT NULL,
    consortium_id text NOT NULL,
    organization_id text NOT NULL,
    role text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT ck_membership_role CHECK (role IN ('LEAD_SCHOOL', 'LEAD_ENTERPRISE', 'MEMBER')),
    CONSTRAINT pk_membership_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_membership_organization_id_consortium_id ON membership (organization_id, consortium_id);
  CREATE INDEX ix_membership_consortium_id_role_position_id ON membership (consortium_id, role, position, id);
  CREATE UNIQUE INDEX ix_membership_consortium_id_role_organization_id ON membership (consortium_id, role, organization_id);
  CREATE TABLE board (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    form text NOT NULL,
    CONSTRAINT uq_board_consortium_id UNIQUE (consortium_id),
    CONSTRAINT ck_board_form CHECK (form IN ('COUNCIL', 'BOARD_OF_DIRECTORS')),
    CONSTRAINT pk_board_id PRIMARY KEY (id)
  );
  CREATE TABLE board_member (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    board_id text NOT NULL,
    name text NOT NULL,
    position text NOT NULL,
    constituency text NOT NULL,
    organization_id text,
    term_start date,
    term_end date,
    rank integer NOT NULL,
    CONSTRAINT ck_board_member_constituency CHECK (constituency IN ('GOVERNMENT', 'ENTERPRISE', 'SCHOOL', 'RESEARCH_INSTITUTE', 'INDUSTRY_ASSOCIATION', 'PARK')),
    CONSTRAINT ck_board_member_position CHECK (position IN ('CHAIR', 'VICE_CHAIR', 'SECRETARY_GENERAL', 'MEMBER')),
    CONSTRAINT pk_board_member_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_board_member_organization_id ON board_member (organization_id);
  CREATE INDEX ix_board_member_province_id ON board_member (province_id);
  CREATE INDEX ix_board_member_city_id ON board_member (city_id);
  CREATE INDEX ix_board_member_consortium_id ON board_member (consortium_id);
  CREATE INDEX ix_board_member_board_id_rank_id ON board_member (board_id, rank, id);
  CREATE TABLE board_member_contact (
    board_member_id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    phone text,
    email text,
    CONSTRAINT pk_board_member_contact_board_member_id PRIMARY KEY (board_member_id)
  );
  CREATE INDEX ix_board_member_contact_city_id ON board_member_contact (city_id);
  CREATE INDEX ix_board_member_contact_consortium_id ON board_member_contact (consortium_id);
  CREATE TABLE report_obligation (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    city_code text COLLATE "C" NOT NULL,
    consortium_id text NOT NULL,
    list_number integer NOT NULL,
    year integer NOT NULL,
    kind text NOT NULL,
    due_on date NOT NULL,
    due_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    extension_reason text,
    filed_at TIMESTAMP(3) WITH TIME ZONE,
    desk text NOT NULL DEFAULT 'BOARD',
    CONSTRAINT ck_report_obligation_desk CHECK (desk IN ('BOARD', 'CITY_BUREAU')),
    CONSTRAINT ck_report_obligation_kind CHECK (kind IN ('ANNUAL_WORK_PLAN', 'HALF_YEAR_SUMMARY', 'ANNUAL_SUMMARY')),
    CONSTRAINT pk_report_obligation_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_report_obligation_city_code_due_on_id ON report_obligation (city_code, due_on, id);
  CREATE INDEX ix_report_obligation_city_id_list_number_id ON report_obligation (city_id, list_number, id);
  CREATE INDEX ix_report_obligation_province_id_list_number_id ON report_obligation (province_id, list_number, id);
  CREATE INDEX ix_report_obligation_consortium_id_due_on_id ON report_obligation (consortium_id, due_on, id);
  CREATE INDEX ix_report_obligation_city_id_due_on_id ON report_obligation (city_id, due_on, id);
  CREATE INDEX ix_report_obligation_province_id_due_on_id ON report_obligation (province_id, due_on, id);
  CREATE UNIQUE INDEX ix_report_obligation_consortium_id_year_kind ON report_obligation (consortium_id, year, kind);
  CREATE TABLE report_revision (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    report_id text NOT NULL,
    number integer,
    title text NOT NULL,
    summary text,
    submitted_at TIMESTAMP(3) WITH TIME ZONE,
    approved_at TIMESTAMP(3) WITH TIME ZONE,
    accepted_at TIMESTAMP(3) WITH TIME ZONE,
    CONSTRAINT pk_report_revision_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_report_revision_consortium_id ON report_revision (consortium_id);
  CREATE UNIQUE INDEX uq_report_revision_draft ON report_revision (report_id) WHERE number IS NULL;
  CREATE UNIQUE INDEX ix_report_revision_report_id_number ON report_revision (report_id, number);
  CREATE TABLE report_document (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    revision_id text NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    byte_size integer NOT NULL,
    sha256 text NOT NULL,
    storage_key text NOT NULL,
    created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    CONSTRAINT ck_report_document_kind CHECK (kind IN ('WORD', 'STAMPED_PDF')),
    CONSTRAINT pk_report_document_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_report_document_consortium_id ON report_document (consortium_id);
  CREATE UNIQUE INDEX ix_report_document_revision_id_kind ON report_document (revision_id, kind);
  CREATE TABLE seal_attestation (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    revision_id text NOT NULL,
    organization_id text NOT NULL,
    sha256 text NOT NULL,
    attested_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    attested_by text NOT NULL,
    page integer,
    CONSTRAINT pk_seal_attestation_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_seal_attestation_consortium_id ON seal_attestation (consortium_id);
  CREATE UNIQUE INDEX ix_seal_attestation_revision_id_organization_id ON seal_attestation (revision_id, organization_id);
  CREATE TABLE upload (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    token_id text NOT NULL,
    file_name text NOT NULL,
    byte_size integer NOT NULL,
    sha256 text NOT NULL,
    storage_key text NOT NULL,
    created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP(3) WITH TIME ZONE,
    CONSTRAINT pk_upload_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_upload_expires_at ON upload (expires_at);
  CREATE TABLE report (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    city_code text COLLATE "C" NOT NULL,
    consortium_id text NOT NULL,
    obligation_id text NOT NULL,
    year integer NOT NULL,
    kind text NOT NULL,
    due_on date NOT NULL,
    version integer NOT NULL DEFAULT '1',
    state text NOT NULL,
    submitted_at TIMESTAMP(3) WITH TIME ZONE,
    city_approved_at TIMESTAMP(3) WITH TIME ZONE,
    accepted_at TIMESTAMP(3) WITH TIME ZONE,
    queued_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    submitted_from text,
    submitted_by_account_id text,
    last_revision_number integer NOT NULL DEFAULT '0',
    CONSTRAINT uq_report_obligation_id UNIQUE (obligation_id),
    CONSTRAINT ck_report_state CHECK (state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'CITY_APPROVED', 'ACCEPTED')),
    CONSTRAINT ck_report_kind CHECK (kind IN ('ANNUAL_WORK_PLAN', 'HALF_YEAR_SUMMARY', 'ANNUAL_SUMMARY')),
    CONSTRAINT pk_report_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_report_city_code_state_queued_at_id ON report (city_code, state, queued_at, id);
  CREATE INDEX ix_report_consortium_id_queued_at_id ON report (consortium_id, queued_at, id);
  CREATE INDEX ix_report_city_id_due_on_id ON report (city_id, due_on, id);
  CREATE INDEX ix_report_city_id_updated_at_id ON report (city_id, updated_at, id);
  CREATE INDEX ix_report_city_id_state_queued_at_id ON report (city_id, state, queued_at, id);
  CREATE INDEX ix_report_city_id_queued_at_id ON report (city_id, queued_at, id);
  CREATE INDEX ix_report_province_id_due_on_id ON report (province_id, due_on, id);
  CREATE INDEX ix_report_province_id_updated_at_id ON report (province_id, updated_at, id);
  CREATE INDEX ix_report_province_id_state_queued_at_id ON report (province_id, state, queued_at, id);
  CREATE INDEX ix_report_province_id_queued_at_id ON report (province_id, queued_at, id);
  CREATE TABLE report_event (
    id text NOT NULL,
    serial bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    report_id text NOT NULL,
    transition text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    actor_role text NOT NULL,
    actor_name text NOT NULL,
    revision_number integer,
    reason text,
    CONSTRAINT ck_report_event_reason CHECK (reason IN ('INCOMPLETE', 'INCORRECT', 'OUTDATED', 'SUPPLEMENT')),
    CONSTRAINT ck_report_event_actor_role CHECK (actor_role IN ('PUBLIC', 'BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR')),
    CONSTRAINT ck_report_event_to_state CHECK (to_state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'CITY_APPROVED', 'ACCEPTED')),
    CONSTRAINT ck_report_event_from_state CHECK (from_state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'CITY_APPROVED', 'ACCEPTED')),
    CONSTRAINT pk_report_event_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_report_event_consortium_id ON report_event (consortium_id);
  CREATE INDEX ix_report_event_city_id ON report_event (city_id);
  CREATE INDEX ix_report_event_province_id ON report_event (province_id);
  CREATE INDEX ix_report_event_report_id_serial ON report_event (report_id, serial);
  CREATE TABLE report_event_comment (
    event_id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    revision_id text NOT NULL,
    comment text NOT NULL,
    CONSTRAINT pk_report_event_comment_event_id PRIMARY KEY (event_id)
  );
  CREATE INDEX ix_report_event_comment_revision_id ON report_event_comment (revision_id);
  CREATE TABLE account (
    id text NOT NULL,
    province_id text,
    display_name text NOT NULL,
    created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_account_id PRIMARY KEY (id)
  );
  CREATE TABLE access_token (
    id text NOT NULL,
    account_id text NOT NULL,
    label text NOT NULL,
    role text NOT NULL,
    province_id text,
    city_id text,
    department text,
    consortium_id text,
    issued_by_id text,
    issued_by text NOT NULL,
    created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    last_used_at TIMESTAMP(3) WITH TIME ZONE,
    revoked_at TIMESTAMP(3) WITH TIME ZONE,
    demo boolean NOT NULL DEFAULT false,
    CONSTRAINT ck_access_token_department CHECK (department IN ('EDUCATION', 'DEVELOPMENT_AND_REFORM', 'INDUSTRY_AND_INFORMATION_TECHNOLOGY', 'FINANCE', 'HUMAN_RESOURCES_AND_SOCIAL_SECURITY', 'STATE_ASSETS')),
    CONSTRAINT ck_access_token_role CHECK (role IN ('PUBLIC', 'BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR')),
    CONSTRAINT pk_access_token_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_access_token_account_id ON access_token (account_id);
  CREATE INDEX ix_access_token_consortium_id ON access_token (consortium_id);
  CREATE INDEX ix_access_token_issued_by_id ON access_token (issued_by_id);
  CREATE INDEX ix_access_token_province_id_role_created_at_id ON access_token (province_id, role, created_at, id);
  CREATE INDEX ix_access_token_city_id_role_created_at_id ON access_token (city_id, role, created_at, id);
  CREATE INDEX ix_access_token_created_at_id ON access_token (created_at, id);
  CREATE TABLE expert_assignment (
    id text NOT NULL,
    account_id text NOT NULL,
    consortium_id text NOT NULL,
    province_id text NOT NULL,
    year integer NOT NULL,
    CONSTRAINT pk_expert_assignment_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_expert_assignment_consortium_id_account_id ON expert_assignment (consortium_id, account_id);
  CREATE UNIQUE INDEX ix_expert_assignment_account_id_consortium_id_year ON expert_assignment (account_id, consortium_id, year);
  ALTER TABLE city ADD CONSTRAINT fk_city_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE department ADD CONSTRAINT fk_department_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE department ADD CONSTRAINT fk_department_city_id FOREIGN KEY (city_id) REFERENCES city(id);
  ALTER TABLE organization ADD CONSTRAINT fk_organization_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE park ADD CONSTRAINT fk_park_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE park ADD CONSTRAINT fk_park_city_id FOREIGN KEY (city_id) REFERENCES city(id);
  ALTER TABLE designation ADD CONSTRAINT fk_designation_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE consortium ADD CONSTRAINT fk_consortium_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE consortium ADD CONSTRAINT fk_consortium_designation_id FOREIGN KEY (designation_id) REFERENCES designation(id);
  ALTER TABLE consortium ADD CONSTRAINT fk_consortium_city_id FOREIGN KEY (city_id) REFERENCES city(id);
  ALTER TABLE consortium_park ADD CONSTRAINT fk_consortium_park_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
  ALTER TABLE consortium_park ADD CONSTRAINT fk_consortium_park_park_id FOREIGN KEY (park_id) REFERENCES park(id);
  ALTER TABLE membership ADD CONSTRAINT fk_membership_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
  ALTER TABLE membership ADD CONSTRAINT fk_membership_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);
  ALTER TABLE board ADD CONSTRAINT fk_board_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
  ALTER TABLE board_member ADD CONSTRAINT fk_board_member_board_id FOREIGN KEY (board_id) REFERENCES board(id);
  ALTER TABLE board_member ADD CONSTRAINT fk_board_member_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);
  ALTER TABLE board_member_contact ADD CONSTRAINT fk_board_member_contact_board_member_id FOREIGN KEY (board_member_id) REFERENCES board_member(id);
  ALTER TABLE report_obligation ADD CONSTRAINT fk_report_obligation_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE report_obligation ADD CONSTRAINT fk_report_obligation_city_id FOREIGN KEY (city_id) REFERENCES city(id);
  ALTER TABLE report_obligation ADD CONSTRAINT fk_report_obligation_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
  ALTER TABLE report_revision ADD CONSTRAINT fk_report_revision_report_id FOREIGN KEY (report_id) REFERENCES report(id);
  ALTER TABLE report_document ADD CONSTRAINT fk_report_document_revision_id FOREIGN KEY (revision_id) REFERENCES report_revision(id);
  ALTER TABLE seal_attestation ADD CONSTRAINT fk_seal_attestation_revision_id FOREIGN KEY (revision_id) REFERENCES report_revision(id);
  ALTER TABLE seal_attestation ADD CONSTRAINT fk_seal_attestation_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);
  ALTER TABLE report ADD CONSTRAINT fk_report_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE report ADD CONSTRAINT fk_report_city_id FOREIGN KEY (city_id) REFERENCES city(id);
  ALTER TABLE report ADD CONSTRAINT fk_report_obligation_id FOREIGN KEY (obligation_id) REFERENCES report_obligation(id);
  ALTER TABLE report ADD CONSTRAINT fk_report_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
  ALTER TABLE report_event ADD CONSTRAINT fk_report_event_report_id FOREIGN KEY (report_id) REFERENCES report(id);
  ALTER TABLE report_event_comment ADD CONSTRAINT fk_report_event_comment_event_id FOREIGN KEY (event_id) REFERENCES report_event(id);
  ALTER TABLE report_event_comment ADD CONSTRAINT fk_report_event_comment_revision_id FOREIGN KEY (revision_id) REFERENCES report_revision(id);
  ALTER TABLE access_token ADD CONSTRAINT fk_access_token_account_id FOREIGN KEY (account_id) REFERENCES account(id);
  ALTER TABLE access_token ADD CONSTRAINT fk_access_token_province_id FOREIGN KEY (province_id) REFERENCES province(id);
  ALTER TABLE access_token ADD CONSTRAINT fk_access_token_city_id FOREIGN KEY (city_id) REFERENCES city(id);
  ALTER TABLE access_token ADD CONSTRAINT fk_access_token_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
  ALTER TABLE access_token ADD CONSTRAINT fk_access_token_issued_by_id FOREIGN KEY (issued_by_id) REFERENCES access_token(id);
  ALTER TABLE expert_assignment ADD CONSTRAINT fk_expert_assignment_account_id FOREIGN KEY (account_id) REFERENCES account(id);
  ALTER TABLE expert_assignment ADD CONSTRAINT fk_expert_assignment_consortium_id FOREIGN KEY (consortium_id) REFERENCES consortium(id);
`;

const TABLES = [...SCHEMA.matchAll(/CREATE TABLE (\w+)/g)].map((match) => match[1]);
