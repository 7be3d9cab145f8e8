/**
 * When something was filed, and on whose desk it lay, is what happened to its report and nobody's say. Instants are compared
 * with those in the rows: the service has a clock of its own.
 */
export const OBLIGATIONS = `
  CREATE FUNCTION guard_obligation() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF current_user <> (CASE WHEN OLD.filed_at IS NULL THEN 'iec_bureau' WHEN NEW.filed_at IS NULL THEN 'iec_province' ELSE '' END) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '报送时间由市州审核产生，由省退回撤销。 A filing comes with a bureau''s approval and goes with a province''s return.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_obligation BEFORE UPDATE ON report_obligation FOR EACH ROW
    WHEN (NEW.filed_at IS DISTINCT FROM OLD.filed_at) EXECUTE FUNCTION guard_obligation();

  -- At the commit, when report, revision and event are written too.
  CREATE FUNCTION settle_obligation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    report record;
    agrees boolean := true;
  BEGIN
    SELECT r.id, r.state, r.submitted_at, r.city_approved_at, r.updated_at, v.approved_at INTO report
      FROM public.report r LEFT JOIN public.report_revision v ON v.report_id = r.id AND v.number = r.last_revision_number
      WHERE r.obligation_id = NEW.id;
    IF NEW.filed_at IS DISTINCT FROM OLD.filed_at THEN
      agrees := CASE
        WHEN NEW.filed_at IS NOT NULL THEN report.state = 'CITY_APPROVED' AND NEW.filed_at = report.city_approved_at
          AND NEW.filed_at = report.updated_at AND NEW.filed_at = report.approved_at AND NEW.filed_at >= report.submitted_at
        ELSE report.state = 'RETURNED' AND OLD.filed_at = report.approved_at AND EXISTS (
          SELECT FROM public.report_event e WHERE e.report_id = report.id AND e.at = report.updated_at
            AND e.transition = 'returnReport' AND e.actor_role = 'PROVINCE' AND e.reason = 'INCOMPLETE')
      END;
    END IF;
    IF NEW.desk IS DISTINCT FROM OLD.desk THEN
      agrees := agrees AND report.updated_at <= NEW.due_at
        AND NEW.desk = CASE WHEN report.state IN ('DRAFT', 'RETURNED') THEN 'BOARD' ELSE 'CITY_BUREAU' END;
    END IF;
    IF agrees IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '报送时间或所在部门与材料不符。 Filing or desk of the obligation do not agree with its report.';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER settle_obligation AFTER UPDATE ON report_obligation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.filed_at IS DISTINCT FROM OLD.filed_at OR NEW.desk IS DISTINCT FROM OLD.desk) EXECUTE FUNCTION settle_obligation();
  REVOKE ALL ON FUNCTION guard_obligation(), settle_obligation() FROM PUBLIC;
  ALTER TABLE report_obligation ENABLE ALWAYS TRIGGER guard_obligation;
  ALTER TABLE report_obligation ENABLE ALWAYS TRIGGER settle_obligation;
`;

/**
 * Whoever returns a report fills the draft that it leaves in the same transaction, and no other draft. The setting by which
 * guard_attachment knows it can be made by anybody; which transaction wrote a row can't.
 */
export const OWN_DRAFT = `
  CREATE FUNCTION is_drafted_here(revision_id text) RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.number IS NULL AND r.xmin = pg_current_xact_id()::xid FROM public.report_revision r WHERE r.id = $1
  $$;
  CREATE FUNCTION guard_own_draft() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    IF is_drafted_here(NEW.revision_id) IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '只能填写本次退回所留的草稿。 Only the draft that this return leaves can be filled.';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION is_drafted_here(text), guard_own_draft() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION is_drafted_here(text) TO iec_bureau, iec_province;
  ${['report_document', 'seal_attestation']
    .map(
      (table) => `
  CREATE TRIGGER guard_own_draft BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW
    WHEN (current_user IN ('iec_bureau', 'iec_province')) EXECUTE FUNCTION guard_own_draft();
  ALTER TABLE ${table} ENABLE ALWAYS TRIGGER guard_own_draft;`,
    )
    .join('')}
`;
