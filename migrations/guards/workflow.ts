/**
 * The report's way as domain.md has it; src/reports/workflow.ts holds the same rows, and a test compares the two. Guards run
 * as whoever asks, since they must know who that is, and look things up through functions that run as the owner.
 */
export const WORKFLOW = `
  CREATE TABLE workflow_transition (
    name text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    db_role text NOT NULL,
    CONSTRAINT uq_workflow_transition UNIQUE NULLS NOT DISTINCT (from_state, to_state, db_role)
  );
  ALTER TABLE workflow_transition ENABLE ROW LEVEL SECURITY;
  INSERT INTO workflow_transition (name, from_state, to_state, db_role) VALUES
    ('createReportDraft', NULL,            'DRAFT',         'iec_board'),
    ('submitReport',      'DRAFT',         'SUBMITTED',     'iec_board'),
    ('submitReport',      'RETURNED',      'SUBMITTED',     'iec_board'),
    ('withdrawReport',    'SUBMITTED',     'DRAFT',         'iec_board'),
    ('withdrawReport',    'SUBMITTED',     'RETURNED',      'iec_board'),
    ('approveReport',     'SUBMITTED',     'CITY_APPROVED', 'iec_bureau'),
    ('returnReport',      'SUBMITTED',     'RETURNED',      'iec_bureau'),
    ('acceptReport',      'CITY_APPROVED', 'ACCEPTED',      'iec_province'),
    ('returnReport',      'CITY_APPROVED', 'RETURNED',      'iec_province'),
    ('reopenReport',      'ACCEPTED',      'RETURNED',      'iec_province');

  CREATE FUNCTION transition_name(from_state text, to_state text, db_role text) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.name FROM public.workflow_transition t
    WHERE t.from_state IS NOT DISTINCT FROM $1 AND t.to_state = $2 AND t.db_role = $3
  $$;

  CREATE FUNCTION guard_report() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    step text;
    asking text := nullif(current_setting('app.account_id', true), '');
  BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '报送材料不可删除。 A report is never deleted.';
    END IF;

    IF TG_OP = 'INSERT' THEN
      IF transition_name(NULL, NEW.state, current_user) IS NULL
        OR EXISTS (SELECT FROM consortium c WHERE c.id = NEW.consortium_id AND c.status IN ('REMOVED', 'DISQUALIFIED')) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = format('%s 不可起草此材料。 %1$s may not create this report.', current_user);
      END IF;
      IF NEW.version IS DISTINCT FROM 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC04', MESSAGE = '新材料的版本号须为1。 A new report has version 1.';
      END IF;
      IF NEW.last_revision_number IS DISTINCT FROM 0
        OR coalesce(NEW.submitted_at, NEW.city_approved_at, NEW.accepted_at) IS NOT NULL
        OR coalesce(NEW.submitted_from, NEW.submitted_by_account_id) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '新材料尚无办理结果。 A new report was neither submitted nor decided.';
      END IF;
      RETURN NEW;
    END IF;

    IF (NEW.id, NEW.obligation_id, NEW.consortium_id, NEW.city_id, NEW.city_code, NEW.province_id, NEW.year, NEW.kind)
      IS DISTINCT FROM (OLD.id, OLD.obligation_id, OLD.consortium_id, OLD.city_id, OLD.city_code, OLD.province_id, OLD.year, OLD.kind) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '材料归属不可更改。 What a report answers never changes.';
    END IF;
    IF NEW.version IS DISTINCT FROM OLD.version + 1 THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC04', MESSAGE = '每次变更版本号加一。 Each change adds one to the version.';
    END IF;

    IF NEW.state = OLD.state THEN
      IF (NEW.submitted_at, NEW.city_approved_at, NEW.accepted_at, NEW.queued_at, NEW.submitted_from, NEW.submitted_by_account_id, NEW.last_revision_number)
        IS DISTINCT FROM (OLD.submitted_at, OLD.city_approved_at, OLD.accepted_at, OLD.queued_at, OLD.submitted_from, OLD.submitted_by_account_id, OLD.last_revision_number)
        OR (current_user = 'iec_board' AND OLD.state NOT IN ('DRAFT', 'RETURNED')) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '办理结果只随状态变更。 What was decided changes with the state alone.';
      END IF;
      RETURN NEW;
    END IF;

    step := transition_name(OLD.state, NEW.state, current_user);
    IF step IS NULL OR (step = 'withdrawReport' AND NEW.state IS DISTINCT FROM OLD.submitted_from) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01',
        MESSAGE = format('%s 不可将材料由 %s 变为 %s。 %1$s may not take a report from %2$s to %3$s.', current_user, OLD.state, NEW.state);
    END IF;
    IF step = 'approveReport' AND asking IS NOT DISTINCT FROM OLD.submitted_by_account_id THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC05', MESSAGE = '不能审核本人提交的材料。 Nobody decides on their own submission.';
    END IF;
    IF step = 'submitReport' AND (
        NEW.submitted_from IS DISTINCT FROM OLD.state
        OR NEW.submitted_at IS NULL
        OR asking IS NULL OR NEW.submitted_by_account_id IS DISTINCT FROM asking
        OR NEW.last_revision_number IS DISTINCT FROM OLD.last_revision_number + 1)
      OR step <> 'submitReport' AND NEW.last_revision_number IS DISTINCT FROM OLD.last_revision_number THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '提交须记录提交人、原状态与下一版本号。 A submission records who, from where, and the next number.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_report BEFORE INSERT OR UPDATE OR DELETE ON report FOR EACH ROW EXECUTE FUNCTION guard_report();
  CREATE TRIGGER guard_report_truncate BEFORE TRUNCATE ON report FOR EACH STATEMENT EXECUTE FUNCTION guard_report();

  CREATE FUNCTION guard_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    IF transition_name(NEW.from_state, NEW.to_state, current_user) IS DISTINCT FROM NEW.transition THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '办理记录须为流程中的一步。 An event is a step of the workflow.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_event BEFORE INSERT ON report_event FOR EACH ROW EXECUTE FUNCTION guard_event();
`;
