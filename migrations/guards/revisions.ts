/** A submitted revision is frozen, and what hangs on it too. */
export const REVISIONS = `
  CREATE FUNCTION guard_revision() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    frozen CONSTANT text := '已提交的版本不可更改。 A submitted revision never changes.';
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = frozen;
    END IF;
    IF TG_OP = 'DELETE' THEN
      IF OLD.number IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = frozen; END IF;
      RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
      IF NEW.number IS NOT NULL OR coalesce(NEW.submitted_at, NEW.approved_at, NEW.accepted_at) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '新版本须为草稿。 A revision begins as a draft.';
      END IF;
      -- whoever returns a report may fill the draft that it leaves, in the same transaction and no other draft
      PERFORM set_config('iec.own_draft', NEW.id, true);
      RETURN NEW;
    END IF;

    IF (NEW.id, NEW.report_id, NEW.consortium_id, NEW.city_id, NEW.province_id)
      IS DISTINCT FROM (OLD.id, OLD.report_id, OLD.consortium_id, OLD.city_id, OLD.province_id) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = frozen;
    END IF;

    IF OLD.number IS NULL THEN
      IF coalesce(NEW.approved_at, NEW.accepted_at) IS NOT NULL OR (NEW.number IS NULL) <> (NEW.submitted_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '草稿不可审核。 A draft is not decided on.';
      END IF;
      IF NEW.number IS NOT NULL AND current_user <> 'iec_board' THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '只有理事会可提交。 Only a board submits.';
      END IF;
      IF NEW.number <> (SELECT coalesce(max(r.number), 0) + 1 FROM report_revision r WHERE r.report_id = NEW.report_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '版本号须接续。 Revisions are numbered one after the other.';
      END IF;
      RETURN NEW;
    END IF;

    IF (NEW.number, NEW.title, NEW.summary, NEW.submitted_at) IS DISTINCT FROM (OLD.number, OLD.title, OLD.summary, OLD.submitted_at)
      OR NEW.approved_at IS DISTINCT FROM OLD.approved_at
        AND (OLD.approved_at IS NOT NULL OR current_user <> 'iec_bureau')
      OR NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
        AND (OLD.accepted_at IS NOT NULL OR NEW.approved_at IS NULL OR current_user <> 'iec_province') THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = frozen;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_revision BEFORE INSERT OR UPDATE OR DELETE ON report_revision FOR EACH ROW EXECUTE FUNCTION guard_revision();
  CREATE TRIGGER guard_revision_truncate BEFORE TRUNCATE ON report_revision FOR EACH STATEMENT EXECUTE FUNCTION guard_revision();

  -- At the commit, when report and revision are both written, in whichever order: the marks on one agree with the state of the other.
  CREATE FUNCTION settle_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    report record;
    disagrees boolean;
  BEGIN
    SELECT r.state, r.last_revision_number INTO report FROM public.report r WHERE r.id = NEW.report_id;
    IF TG_OP = 'INSERT' THEN
      disagrees := report.state NOT IN ('DRAFT', 'RETURNED')
        AND EXISTS (SELECT FROM public.report_revision r WHERE r.id = NEW.id AND r.number IS NULL);
    ELSE
      disagrees := OLD.number IS NULL AND report.last_revision_number < NEW.number
        OR OLD.approved_at IS DISTINCT FROM NEW.approved_at
          AND (report.state NOT IN ('CITY_APPROVED', 'ACCEPTED') OR report.last_revision_number <> NEW.number)
        OR OLD.accepted_at IS DISTINCT FROM NEW.accepted_at
          AND (report.state <> 'ACCEPTED' OR report.last_revision_number <> NEW.number);
    END IF;
    IF disagrees THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '版本与材料状态不符。 The revision does not agree with the state of its report.';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER settle_revision AFTER INSERT OR UPDATE ON report_revision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settle_revision();

  -- As the owner, since a bureau can't see the draft that it fills. The lock lets no submission pass in between.
  CREATE FUNCTION is_draft(revision_id text) RETURNS boolean
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.number IS NULL FROM public.report_revision r WHERE r.id = $1 FOR KEY SHARE
  $$;

  CREATE FUNCTION guard_attachment() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    frozen CONSTANT text := '只有草稿的文件和盖章确认可以变更。 Documents and seals change in a draft alone.';
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = frozen;
    END IF;
    IF TG_OP <> 'INSERT' AND is_draft(OLD.revision_id) IS NOT TRUE
      OR TG_OP <> 'DELETE' AND is_draft(NEW.revision_id) IS NOT TRUE
      OR TG_OP = 'UPDATE' AND NEW.revision_id <> OLD.revision_id
      OR TG_OP <> 'DELETE' AND current_user IN ('iec_bureau', 'iec_province')
        AND NEW.revision_id IS DISTINCT FROM current_setting('iec.own_draft', true) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = frozen;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END $$;
  ${['report_document', 'seal_attestation']
    .map(
      (table) => `
  CREATE TRIGGER guard_attachment BEFORE INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION guard_attachment();
  CREATE TRIGGER guard_attachment_truncate BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION guard_attachment();`,
    )
    .join('')}
`;
