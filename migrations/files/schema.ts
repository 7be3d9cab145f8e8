/** Tables and columns of checks, seals, receipts and templates, as the entities have them. */
export const SCHEMA = `
  ALTER TABLE access_token ADD COLUMN organization_id text, ADD COLUMN report_id text, ADD COLUMN sha256 text;
  ALTER TABLE access_token DROP CONSTRAINT ck_access_token_role;
  ALTER TABLE access_token ADD CONSTRAINT ck_access_token_role CHECK (role IN ('PUBLIC', 'BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR', 'SEAL_UNIT'));
  ALTER TABLE access_token ADD CONSTRAINT fk_access_token_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);
  CREATE INDEX ix_access_token_report_id_organization_id ON access_token (report_id, organization_id);
  ALTER TABLE report_event DROP CONSTRAINT ck_report_event_actor_role;
  ALTER TABLE report_event ADD CONSTRAINT ck_report_event_actor_role CHECK (actor_role IN ('PUBLIC', 'BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR', 'SEAL_UNIT'));

  ALTER TABLE park ADD COLUMN organization_id text;
  ALTER TABLE park ADD CONSTRAINT fk_park_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);
  ALTER TABLE department ADD COLUMN organization_id text;
  ALTER TABLE department ADD CONSTRAINT fk_department_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);

  ALTER TABLE upload ALTER COLUMN city_id DROP NOT NULL, ALTER COLUMN consortium_id DROP NOT NULL;

  ALTER TABLE report_document ADD COLUMN check_state text NOT NULL DEFAULT 'PENDING', ADD COLUMN findings jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN checked_at TIMESTAMP(3) WITH TIME ZONE, ADD COLUMN page_count integer, ADD COLUMN has_text boolean,
    ADD COLUMN signatures jsonb NOT NULL DEFAULT '[]', ADD COLUMN sketch bytea, ADD COLUMN claimed_at TIMESTAMP(3) WITH TIME ZONE;
  ALTER TABLE report_document ADD CONSTRAINT ck_report_document_check_state CHECK (check_state IN ('PENDING', 'PASSED', 'WARNED', 'REFUSED'));
  CREATE INDEX ix_report_document_pending ON report_document (created_at) WHERE check_state = 'PENDING';
  CREATE INDEX ix_report_document_storage_key ON report_document (storage_key);
  CREATE INDEX ix_report_document_sha256 ON report_document (sha256);
  ALTER TABLE report_revision ADD COLUMN pair_similarity double precision;

  CREATE TABLE seal_requirement (
    id text NOT NULL,
    province_id text NOT NULL,
    effective_on date NOT NULL,
    units text[] NOT NULL,
    decided_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    decided_by text NOT NULL,
    CONSTRAINT pk_seal_requirement_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_seal_requirement_province_id_effective_on_decided_at ON seal_requirement (province_id, effective_on, decided_at);
  ALTER TABLE seal_requirement ADD CONSTRAINT fk_seal_requirement_province_id FOREIGN KEY (province_id) REFERENCES province(id);

  CREATE TABLE required_seal (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    revision_id text NOT NULL,
    organization_id text NOT NULL,
    position integer NOT NULL,
    CONSTRAINT pk_required_seal_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_required_seal_revision_id_organization_id ON required_seal (revision_id, organization_id);
  ALTER TABLE required_seal ADD CONSTRAINT fk_required_seal_revision_id FOREIGN KEY (revision_id) REFERENCES report_revision(id);
  ALTER TABLE required_seal ADD CONSTRAINT fk_required_seal_organization_id FOREIGN KEY (organization_id) REFERENCES organization(id);

  CREATE TABLE receipt (
    id text NOT NULL,
    province_id text NOT NULL,
    city_id text NOT NULL,
    consortium_id text NOT NULL,
    revision_id text NOT NULL,
    event_id text NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    issued_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    jws text NOT NULL,
    sha256 text,
    CONSTRAINT ck_receipt_kind CHECK (kind IN ('SUBMISSION', 'ACCEPTANCE')),
    CONSTRAINT pk_receipt_id PRIMARY KEY (id)
  );
  CREATE UNIQUE INDEX ix_receipt_number ON receipt (number);
  CREATE INDEX ix_receipt_sha256 ON receipt (sha256);
  CREATE INDEX ix_receipt_revision_id_issued_at_id ON receipt (revision_id, issued_at, id);
  ALTER TABLE receipt ADD CONSTRAINT fk_receipt_revision_id FOREIGN KEY (revision_id) REFERENCES report_revision(id);
  ALTER TABLE receipt ADD CONSTRAINT fk_receipt_event_id FOREIGN KEY (event_id) REFERENCES report_event(id);

  CREATE TABLE report_template (
    id text NOT NULL,
    province_id text NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    byte_size integer NOT NULL,
    sha256 text NOT NULL,
    storage_key text NOT NULL,
    created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT ck_report_template_kind CHECK (kind IN ('ANNUAL_WORK_PLAN', 'HALF_YEAR_SUMMARY', 'ANNUAL_SUMMARY')),
    CONSTRAINT pk_report_template_id PRIMARY KEY (id)
  );
  CREATE INDEX ix_report_template_province_id_kind_created_at ON report_template (province_id, kind, created_at);
  CREATE INDEX ix_report_template_storage_key ON report_template (storage_key);
  ALTER TABLE report_template ADD CONSTRAINT fk_report_template_province_id FOREIGN KEY (province_id) REFERENCES province(id);
`;

/** What stood before: files were looked at when they were attached, and the seals due were those of schools and enterprises. */
export const BACKFILL = `
  ALTER TABLE report_document DISABLE TRIGGER USER;
  UPDATE report_document SET check_state = 'PASSED', checked_at = created_at;
  INSERT INTO required_seal (id, province_id, city_id, consortium_id, revision_id, organization_id, position)
    SELECT 'rqs_' || replace(gen_random_uuid()::text, '-', ''), r.province_id, r.city_id, r.consortium_id, r.id, s.organization_id,
      row_number() OVER (PARTITION BY r.id ORDER BY s.attested_at, s.id)
    FROM report_revision r JOIN seal_attestation s ON s.revision_id = r.id WHERE r.number IS NOT NULL;
  DO $do$
  DECLARE guard record;
  BEGIN
    FOR guard IN SELECT t.tgname FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgrelid = 'public.report_document'::regclass LOOP
      EXECUTE format('ALTER TABLE public.report_document ENABLE ALWAYS TRIGGER %I', guard.tgname);
    END LOOP;
  END $do$;
`;

export const TABLES = [...SCHEMA.matchAll(/CREATE TABLE (\w+)/g)].map((match) => match[1]);
