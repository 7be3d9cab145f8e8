/**
 * The history of a report is a chain that ends in its state: no step without its event, no event without its step, and neither
 * without the audit row and the outbox row that tell of it. Each is compared at the commit, when all are written.
 */
export const STEPS = `
  CREATE FUNCTION guard_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.from_state IS DISTINCT FROM (SELECT e.to_state FROM public.report_event e WHERE e.report_id = NEW.report_id ORDER BY e.serial DESC LIMIT 1) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '办理记录须接续前一条。 An event goes on from the one before.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_chain BEFORE INSERT ON report_event FOR EACH ROW EXECUTE FUNCTION guard_chain();

  CREATE FUNCTION settle_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    subject text := to_jsonb(NEW) ->> TG_ARGV[0];
    last record;
    marked boolean;
  BEGIN
    SELECT e.to_state, e.transition, e.at INTO last FROM public.report_event e WHERE e.report_id = subject ORDER BY e.serial DESC LIMIT 1;
    SELECT r.state = last.to_state AND r.updated_at = last.at AND CASE r.state
        WHEN 'SUBMITTED' THEN r.submitted_at = last.at AND v.submitted_at = last.at
        WHEN 'CITY_APPROVED' THEN r.city_approved_at = last.at AND v.approved_at = last.at
        WHEN 'ACCEPTED' THEN r.accepted_at = last.at AND v.accepted_at = last.at
        ELSE EXISTS (SELECT FROM public.report_revision d WHERE d.report_id = r.id AND d.number IS NULL) END INTO marked
      FROM public.report r LEFT JOIN public.report_revision v ON v.report_id = r.id AND v.number = r.last_revision_number WHERE r.id = subject;
    IF marked IS NOT TRUE
      OR NOT EXISTS (SELECT FROM public.audit_entry a WHERE a.subject_id = subject AND a.action = last.transition AND a.at = last.at)
      -- whoever numbers an outbox row holds its lock until the commit: the newest that can be seen is this transaction's
      OR (SELECT (o.subject_id, o.type, o.at) FROM public.outbox_event o ORDER BY o.serial DESC LIMIT 1) IS DISTINCT FROM (subject, last.transition, last.at) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '状态、版本、办理记录、审计与待发事件须一致。 State, revision, event, audit row and outbox row go together.';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER settle_step AFTER INSERT OR UPDATE OF state ON report DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settle_step('id');
  CREATE CONSTRAINT TRIGGER settle_step AFTER INSERT ON report_event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settle_step('report_id');
  REVOKE ALL ON FUNCTION guard_chain(), settle_step() FROM PUBLIC;
  ALTER TABLE report_event ENABLE ALWAYS TRIGGER guard_chain;
  ALTER TABLE report_event ENABLE ALWAYS TRIGGER settle_step;
  ALTER TABLE report ENABLE ALWAYS TRIGGER settle_step;
`;

/** A due day moves later alone, and stands still once the obligation was filed; and a seal unit counts a report's version up in a draft alone. */
export const SEAL = `
  CREATE FUNCTION guard_sealing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '只有草稿可以盖章确认。 Seals are confirmed in a draft alone.';
  END $$;
  CREATE TRIGGER guard_sealing BEFORE UPDATE ON report FOR EACH ROW
    WHEN (current_user = 'iec_seal_unit' AND OLD.state NOT IN ('DRAFT', 'RETURNED')) EXECUTE FUNCTION guard_sealing();
`;
export const STILL = `
  CREATE FUNCTION guard_deadline() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF OLD.filed_at IS NOT NULL OR NEW.due_on < OLD.due_on
      OR NEW.due_at NOT IN (
        (NEW.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 millisecond',
        NEW.due_on::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 millisecond') THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '截止日只可延后，时刻为当日或前一日之末，已报送的不再延期。 A due day moves later alone, its instant is the end of it or of the day before, and what was filed stands still.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_deadline BEFORE UPDATE ON report_obligation FOR EACH ROW
    WHEN ((NEW.due_on, NEW.due_at) IS DISTINCT FROM (OLD.due_on, OLD.due_at)) EXECUTE FUNCTION guard_deadline();

  ${SEAL}
  REVOKE ALL ON FUNCTION guard_deadline(), guard_sealing() FROM PUBLIC;
  ALTER TABLE report_obligation ENABLE ALWAYS TRIGGER guard_deadline;
  ALTER TABLE report ENABLE ALWAYS TRIGGER guard_sealing;
`;

/** Who confirmed a seal: the unit itself, or the board for it. Only the unit says that it did; a copy of the draft says it again. */
export const BY_UNIT = `
  ALTER TABLE seal_attestation ADD by_unit boolean NOT NULL DEFAULT false;
  -- of those before: a unit confirmed under its own name, a board under the board's
  ALTER TABLE seal_attestation DISABLE TRIGGER USER;
  UPDATE seal_attestation s SET by_unit = true FROM organization o WHERE o.id = s.organization_id AND o.name = s.attested_by;
  DO $do$
  DECLARE guard name;
  BEGIN
    FOR guard IN SELECT t.tgname FROM pg_catalog.pg_trigger t WHERE t.tgrelid = 'seal_attestation'::regclass AND NOT t.tgisinternal LOOP
      EXECUTE format('ALTER TABLE seal_attestation ENABLE ALWAYS TRIGGER %I', guard);
    END LOOP;
  END $do$;
  CREATE FUNCTION guard_by_unit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM public.seal_attestation s JOIN public.report_revision r ON r.id = s.revision_id
        JOIN public.report_revision mine ON mine.id = NEW.revision_id AND mine.report_id = r.report_id
        WHERE s.by_unit AND s.organization_id = NEW.organization_id AND s.sha256 = NEW.sha256 AND s.attested_at = NEW.attested_at) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '单位自己的确认只由该单位作出。 Only the unit confirms for itself.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_by_unit BEFORE INSERT OR UPDATE ON seal_attestation FOR EACH ROW
    WHEN (NEW.by_unit AND current_user <> 'iec_seal_unit') EXECUTE FUNCTION guard_by_unit();
  REVOKE ALL ON FUNCTION guard_by_unit() FROM PUBLIC;
  ALTER TABLE seal_attestation ENABLE ALWAYS TRIGGER guard_by_unit;
`;

/**
 * As in 1732400300000, with one statement for each role. As one expression the guard asked for every table in it as soon as
 * PostgreSQL kept a generic plan, also for those that the issuing role may not read.
 */
export const TOKENS = `
  CREATE OR REPLACE FUNCTION guard_token() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    issuer text := current_setting('app.token_id', true);
    shaped boolean := NEW.role = 'SEAL_UNIT' OR coalesce(NEW.organization_id, NEW.report_id, NEW.sha256) IS NULL;
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at AND current_user <> 'iec_loader' THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '已撤销的令牌不可恢复。 A revoked token stays revoked.';
      END IF;
      RETURN NEW;
    END IF;

    IF NEW.role = 'BOARD' THEN
      shaped := shaped AND NEW.department IS NULL AND EXISTS (
        SELECT FROM consortium c WHERE c.id = NEW.consortium_id AND c.city_id = NEW.city_id AND c.province_id = NEW.province_id);
    ELSIF NEW.role = 'SEAL_UNIT' THEN
      shaped := NEW.department IS NULL AND NEW.organization_id IS NOT NULL AND NEW.sha256 IS NOT NULL AND EXISTS (
        SELECT FROM report r WHERE r.id = NEW.report_id AND r.consortium_id = NEW.consortium_id AND r.city_id = NEW.city_id AND r.province_id = NEW.province_id);
    ELSIF NEW.role IN ('CITY_BUREAU', 'CITY_DEPARTMENT') THEN
      shaped := shaped AND NEW.consortium_id IS NULL AND (NEW.department IS NOT NULL) = (NEW.role = 'CITY_DEPARTMENT')
        AND EXISTS (SELECT FROM city c WHERE c.id = NEW.city_id AND c.province_id = NEW.province_id);
    ELSIF NEW.role IN ('PROVINCE', 'EXPERT', 'ANALYST') THEN
      shaped := shaped AND NEW.province_id IS NOT NULL AND coalesce(NEW.city_id, NEW.department, NEW.consortium_id) IS NULL;
    ELSE
      shaped := shaped AND NEW.role = 'ADMINISTRATOR' AND coalesce(NEW.city_id, NEW.department, NEW.consortium_id) IS NULL;
    END IF;
    IF shaped IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌的范围与角色不符。 The scope does not fit the role of the token.';
    END IF;
    IF NEW.expires_at > NEW.created_at + interval '366 days' THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌最长366日有效。 A token lives 366 days at most.';
    END IF;
    IF current_user IN ('iec_board', 'iec_bureau', 'iec_province', 'iec_administrator') THEN
      IF NOT EXISTS (SELECT FROM access_token t WHERE t.id = issuer AND NEW.issued_by_id = t.id AND NEW.expires_at <= t.expires_at AND t.revoked_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌不得晚于签发者的令牌失效。 A token does not outlive its issuer''s.';
      END IF;
    END IF;
    RETURN NEW;
  END $$;
`;
