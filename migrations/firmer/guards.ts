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
  BEGIN
    SELECT e.to_state, e.transition, e.at INTO last FROM public.report_event e WHERE e.report_id = subject ORDER BY e.serial DESC LIMIT 1;
    IF last.to_state IS DISTINCT FROM (SELECT r.state FROM public.report r WHERE r.id = subject)
      OR NOT EXISTS (SELECT FROM public.audit_entry a WHERE a.subject_id = subject AND a.action = last.transition AND a.at = last.at)
      -- whoever numbers an outbox row holds its lock until the commit: the newest that can be seen is this transaction's
      OR (SELECT (o.subject_id, o.type, o.at) FROM public.outbox_event o ORDER BY o.serial DESC LIMIT 1) IS DISTINCT FROM (subject, last.transition, last.at) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '状态、办理记录、审计与待发事件须一致。 State, event, audit row and outbox row go together.';
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

/** A deadline stands still once the obligation was filed; and a seal unit counts a report's version up in a draft alone. */
export const STILL = `
  CREATE FUNCTION guard_deadline() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '已报送的任务不再延期。 What was filed is on time or late for good.';
  END $$;
  CREATE TRIGGER guard_deadline BEFORE UPDATE ON report_obligation FOR EACH ROW
    WHEN (OLD.filed_at IS NOT NULL AND (NEW.due_on, NEW.due_at) IS DISTINCT FROM (OLD.due_on, OLD.due_at)) EXECUTE FUNCTION guard_deadline();

  CREATE FUNCTION guard_sealing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '只有草稿可以盖章确认。 Seals are confirmed in a draft alone.';
  END $$;
  CREATE TRIGGER guard_sealing BEFORE UPDATE ON report FOR EACH ROW
    WHEN (current_user = 'iec_seal_unit' AND OLD.state NOT IN ('DRAFT', 'RETURNED')) EXECUTE FUNCTION guard_sealing();
  REVOKE ALL ON FUNCTION guard_deadline(), guard_sealing() FROM PUBLIC;
  ALTER TABLE report_obligation ENABLE ALWAYS TRIGGER guard_deadline;
  ALTER TABLE report ENABLE ALWAYS TRIGGER guard_sealing;
`;

/** Who confirmed a seal: the unit itself, or the board for it. Only the unit says that it did; a copy of the draft says it again. */
export const BY_UNIT = `
  ALTER TABLE seal_attestation ADD by_unit boolean NOT NULL DEFAULT false;
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
