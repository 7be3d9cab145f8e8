/**
 * What one token may begin, announce and leave behind within an hour, counted from the rows themselves: all instances count
 * together, and what was attached counts no more. Two requests at the edge come one after the other, by a lock that lasts
 * until the commit. The hour is that of the row's own instant: the service has a clock of its own.
 */
const SECURED = 'LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp';
const HOUR = "interval '1 hour'";

export const BUDGETS = `
  CREATE FUNCTION refuse_budget(budget text, most bigint, free_at timestamptz, now timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION USING ERRCODE = 'IECRL', MESSAGE = '此令牌一小时的额度已用完。 This token has used up its budget of the hour.',
      DETAIL = json_build_object('budget', budget, 'limit', most, 'retryAfter', greatest(1, least(3600, ceil(extract(epoch FROM free_at - now)))))::text;
  END $$;

  -- Uploads that were announced, and the bytes of those that nothing is attached to.
  CREATE FUNCTION guard_upload_budget() RETURNS trigger ${SECURED} AS $$
  DECLARE
    most_rows CONSTANT integer := 3000;
    most_bytes CONSTANT bigint := 524288000;
    begun integer;
    held bigint;
    first timestamptz;
    free_at timestamptz;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('upload'), hashtext(NEW.token_id));
    SELECT count(*), coalesce(sum(u.byte_size), 0), min(u.created_at) INTO begun, held, first
      FROM public.upload u WHERE u.token_id = NEW.token_id AND u.created_at > NEW.created_at - ${HOUR};
    IF begun >= most_rows THEN
      PERFORM public.refuse_budget('UPLOADS', most_rows, first + ${HOUR}, NEW.created_at);
    END IF;
    IF held + NEW.byte_size > most_bytes THEN
      -- the instant after which enough of them are older than an hour
      SELECT max(w.created_at) FILTER (WHERE w.later + NEW.byte_size > most_bytes) INTO free_at FROM (
        SELECT u.created_at, sum(u.byte_size) OVER (ORDER BY u.created_at DESC, u.id) AS later FROM public.upload u
        WHERE u.token_id = NEW.token_id AND u.created_at > NEW.created_at - ${HOUR}
          AND NOT EXISTS (SELECT FROM public.report_document d WHERE d.storage_key = u.storage_key)
          AND NOT EXISTS (SELECT FROM public.report_template t WHERE t.storage_key = u.storage_key)) w;
      IF free_at IS NOT NULL THEN
        PERFORM public.refuse_budget('UNATTACHED_BYTES', most_bytes, free_at + ${HOUR}, NEW.created_at);
      END IF;
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_upload_budget BEFORE INSERT ON upload FOR EACH ROW EXECUTE FUNCTION guard_upload_budget();

  -- Whatever else is begun leaves an audit row: tokens issued, archives, templates, decisions; more of the steps of the way.
  CREATE FUNCTION guard_change_budget() RETURNS trigger ${SECURED} AS $$
  DECLARE
    most CONSTANT integer := CASE WHEN EXISTS (SELECT FROM public.workflow_transition w WHERE w.name = NEW.action AND w.from_state IS DISTINCT FROM w.to_state) THEN 10000 ELSE 1000 END;
    done integer;
    first timestamptz;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(NEW.action), hashtext(NEW.token_id));
    SELECT count(*), min(a.at) INTO done, first
      FROM public.audit_entry a WHERE a.token_id = NEW.token_id AND a.action = NEW.action AND a.at > NEW.at - ${HOUR};
    IF done >= most THEN
      PERFORM public.refuse_budget('CHANGES', most, first + ${HOUR}, NEW.at);
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_change_budget BEFORE INSERT ON audit_entry FOR EACH ROW WHEN (NEW.token_id IS NOT NULL) EXECUTE FUNCTION guard_change_budget();

  -- Stored answers. A key that is taken counts for the longest answer that is kept, until its answer is there.
  CREATE FUNCTION guard_answer_budget() RETURNS trigger ${SECURED} AS $$
  DECLARE
    most CONSTANT bigint := 10485760;
    kept bigint;
    free_at timestamptz;
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      NEW.weight := greatest(1024, octet_length(NEW.answer ->> 'text'));
      RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('idempotent_answer'), hashtext(NEW.token_id));
    -- asked again: nothing is added
    IF EXISTS (SELECT FROM public.idempotent_answer a WHERE a.token_id = NEW.token_id AND a.key = NEW.key) THEN
      RETURN NEW;
    END IF;
    SELECT coalesce(sum(w.weight) FILTER (WHERE w.answered), 0), max(w.created_at) FILTER (WHERE w.later + NEW.weight > most) INTO kept, free_at FROM (
      SELECT a.weight, a.created_at, a.answer IS NOT NULL AS answered, sum(a.weight) OVER (ORDER BY a.created_at DESC, a.key) AS later
      FROM public.idempotent_answer a WHERE a.token_id = NEW.token_id AND a.created_at > NEW.created_at - ${HOUR}) w;
    IF free_at IS NOT NULL THEN
      -- those that still run may leave room at once
      PERFORM public.refuse_budget('ANSWERS', most, CASE WHEN kept + NEW.weight > most THEN free_at + ${HOUR} ELSE NEW.created_at END, NEW.created_at);
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_answer_budget BEFORE INSERT ON idempotent_answer FOR EACH ROW EXECUTE FUNCTION guard_answer_budget();
  CREATE TRIGGER guard_answer_weight BEFORE UPDATE OF answer ON idempotent_answer FOR EACH ROW
    WHEN (NEW.answer IS NOT NULL) EXECUTE FUNCTION guard_answer_budget();

  REVOKE ALL ON FUNCTION refuse_budget(text, bigint, timestamptz, timestamptz), guard_upload_budget(), guard_change_budget(), guard_answer_budget() FROM PUBLIC;
  ALTER TABLE upload ENABLE ALWAYS TRIGGER guard_upload_budget;
  ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER guard_change_budget;
  ALTER TABLE idempotent_answer ENABLE ALWAYS TRIGGER guard_answer_budget;
  ALTER TABLE idempotent_answer ENABLE ALWAYS TRIGGER guard_answer_weight;
`;
