import { guarded } from './guards.js';

/** What the report's way has beside its table: the guards of domain.md, and the marks on report and revision. */
export const REPORT = `
  DROP TRIGGER guard_report ON report;
  DROP TRIGGER guard_report_truncate ON report;
  DROP TRIGGER guard_sealing ON report;
  DROP TRIGGER settle_step ON report;
  DROP TRIGGER guard_event ON report_event;
  DROP TRIGGER guard_chain ON report_event;
  DROP TRIGGER settle_step ON report_event;
  DROP FUNCTION guard_sealing(), transition_name(text, text, text);
  ${guarded({
    workflow: 'Report',
    table: 'report',
    events: 'report_event',
    link: 'report_id',
    // where the province extends
    edited: ['due_on'],
    stepped: [
      'submitted_at',
      'city_approved_at',
      'accepted_at',
      'queued_at',
      'submitted_from',
      'submitted_by_account_id',
      'last_revision_number',
    ],
  })}

  CREATE OR REPLACE FUNCTION guard_report() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    asking text := nullif(current_setting('app.account_id', true), '');
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF EXISTS (SELECT FROM consortium c WHERE c.id = NEW.consortium_id AND c.status IN ('REMOVED', 'DISQUALIFIED')) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '联合体已调出名单或被取消资格。 The consortium is removed or disqualified.';
      END IF;
      IF NEW.last_revision_number IS DISTINCT FROM 0
        OR coalesce(NEW.submitted_at, NEW.city_approved_at, NEW.accepted_at) IS NOT NULL
        OR coalesce(NEW.submitted_from, NEW.submitted_by_account_id) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '新材料尚无办理结果。 A new report was neither submitted nor decided.';
      END IF;
      RETURN NEW;
    END IF;

    IF OLD.state = 'SUBMITTED' AND current_user = 'iec_board' AND NEW.state IS DISTINCT FROM OLD.submitted_from THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '撤回须回到提交前的状态。 A withdrawal goes back to where it was submitted from.';
    END IF;
    IF NEW.state = 'CITY_APPROVED' AND asking IS NOT DISTINCT FROM OLD.submitted_by_account_id THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC05', MESSAGE = '不能审核本人提交的材料。 Nobody decides on their own submission.';
    END IF;
    IF NEW.state = 'SUBMITTED' AND (
        NEW.submitted_from IS DISTINCT FROM OLD.state
        OR NEW.submitted_at IS NULL
        OR asking IS NULL OR NEW.submitted_by_account_id IS DISTINCT FROM asking
        OR NEW.last_revision_number IS DISTINCT FROM OLD.last_revision_number + 1)
      OR NEW.state <> 'SUBMITTED' AND NEW.last_revision_number IS DISTINCT FROM OLD.last_revision_number THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '提交须记录提交人、原状态与下一版本号。 A submission records who, from where, and the next number.';
    END IF;
    RETURN NEW;
  END $$;
  -- after guard_step, by its name
  CREATE TRIGGER guard_step_of_report BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION guard_report();
  CREATE TRIGGER guard_step_of_report_on BEFORE UPDATE ON report FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION guard_report();

  -- at the commit: the marks on report and revision are those of the step
  CREATE FUNCTION settle_report() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    marked boolean;
  BEGIN
    SELECT CASE r.state
        WHEN 'SUBMITTED' THEN r.submitted_at = r.updated_at AND v.submitted_at = r.updated_at
        WHEN 'CITY_APPROVED' THEN r.city_approved_at = r.updated_at AND v.approved_at = r.updated_at
        WHEN 'ACCEPTED' THEN r.accepted_at = r.updated_at AND v.accepted_at = r.updated_at
        ELSE EXISTS (SELECT FROM public.report_revision d WHERE d.report_id = r.id AND d.number IS NULL) END INTO marked
      FROM public.report r LEFT JOIN public.report_revision v ON v.report_id = r.id AND v.number = r.last_revision_number WHERE r.id = NEW.id;
    IF marked IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '材料与版本的标记须与状态一致。 The marks on report and revision agree with the state.';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER settle_report AFTER INSERT OR UPDATE OF state ON report DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settle_report();
  REVOKE ALL ON FUNCTION settle_report() FROM PUBLIC;
  ALTER TABLE report ENABLE ALWAYS TRIGGER guard_step_of_report;
  ALTER TABLE report ENABLE ALWAYS TRIGGER guard_step_of_report_on;
  ALTER TABLE report ENABLE ALWAYS TRIGGER settle_report;
`;

/** A submitted revision changes by a decision alone, a receipt by the digest of its printed form: all else is frozen, whatever comes to be there. */
export const FROZEN = `
  CREATE FUNCTION guard_submitted() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '已提交的版本不可更改。 A submitted revision never changes.';
  END $$;
  CREATE TRIGGER guard_submitted BEFORE UPDATE ON report_revision FOR EACH ROW
    WHEN (OLD.number IS NOT NULL AND changed_beyond(to_jsonb(OLD), to_jsonb(NEW), '{approved_at,accepted_at}')) EXECUTE FUNCTION guard_submitted();
  ALTER TABLE report_revision ENABLE ALWAYS TRIGGER guard_submitted;

  CREATE OR REPLACE FUNCTION guard_receipt() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.sha256 IS NOT NULL OR changed_beyond(to_jsonb(OLD), to_jsonb(NEW), '{sha256}') THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC03', MESSAGE = '回执不可更改。 A receipt never changes.';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION guard_submitted() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION changed_beyond(jsonb, jsonb, text[]) TO iec_job, iec_loader;
`;
