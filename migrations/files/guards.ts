/**
 * Which units must seal on a day, and what a draft lacks: the only place that knows; the flags, the submission and the guard
 * at its commit ask here.
 */
export const GAPS = `
  CREATE FUNCTION seals_due(consortium_id text, on_day date) RETURNS TABLE (organization_id text, "position" integer)
  LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH rule AS (
      SELECT coalesce((SELECT s.units FROM seal_requirement s WHERE s.province_id = c.province_id AND s.effective_on <= $2
        ORDER BY s.effective_on DESC, s.decided_at DESC LIMIT 1), ARRAY['LEAD_SCHOOL', 'LEAD_ENTERPRISE']) AS units, c.city_id
      FROM consortium c WHERE c.id = $1
    ), due AS (
      SELECT m.organization_id, CASE m.role WHEN 'LEAD_SCHOOL' THEN 1 ELSE 2 END AS class, m.position
      FROM rule, membership m WHERE m.consortium_id = $1 AND m.role IN ('LEAD_SCHOOL', 'LEAD_ENTERPRISE') AND m.role = ANY(rule.units)
      UNION ALL
      SELECT p.organization_id, 3, l.position FROM rule, consortium_park l JOIN park p ON p.id = l.park_id
      WHERE l.consortium_id = $1 AND 'PARK' = ANY(rule.units) AND p.organization_id IS NOT NULL
      UNION ALL
      SELECT d.organization_id, 4, 0 FROM rule JOIN department d ON d.city_id = rule.city_id AND d.kind = 'EDUCATION'
      WHERE 'BUREAU' = ANY(rule.units) AND d.organization_id IS NOT NULL
    ), once AS (
      SELECT due.organization_id, min(ARRAY[due.class, due.position]) AS place FROM due GROUP BY due.organization_id
    )
    SELECT once.organization_id, (row_number() OVER (ORDER BY once.place, once.organization_id))::integer FROM once
  $$;

  CREATE FUNCTION draft_gaps(revision_id text, on_day date) RETURNS json
  LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT json_build_object(
      'documents', (SELECT coalesce(json_agg(k.kind ORDER BY k.kind DESC), '[]') FROM (VALUES ('WORD'), ('STAMPED_PDF')) k(kind)
        WHERE NOT EXISTS (SELECT FROM report_document d WHERE d.revision_id = r.id AND d.kind = k.kind)),
      'pending', (SELECT coalesce(json_agg(d.kind ORDER BY d.kind DESC), '[]') FROM report_document d WHERE d.revision_id = r.id AND d.check_state = 'PENDING'),
      'refused', (SELECT coalesce(json_agg(json_build_object('kind', d.kind, 'findings', d.findings) ORDER BY d.kind DESC), '[]')
        FROM report_document d WHERE d.revision_id = r.id AND d.check_state = 'REFUSED'),
      'seals', (SELECT coalesce(json_agg(due.organization_id ORDER BY due.position), '[]') FROM seals_due(r.consortium_id, $2) due
        WHERE NOT EXISTS (SELECT FROM seal_attestation s JOIN report_document d ON d.revision_id = s.revision_id AND d.kind = 'STAMPED_PDF'
          WHERE s.revision_id = r.id AND s.organization_id = due.organization_id AND s.sha256 = d.sha256)))
    FROM report_revision r WHERE r.id = $1
  $$;
`;

/** Both files checked, every seal that is due on exactly this PDF, and their list kept: asked at the commit of a submission. */
export const SUBMISSION = `
  CREATE FUNCTION settle_submission() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    on_day date := (NEW.submitted_at AT TIME ZONE 'Asia/Shanghai')::date;
    gaps json := draft_gaps(NEW.id, on_day);
  BEGIN
    IF json_array_length(gaps -> 'documents') + json_array_length(gaps -> 'pending') + json_array_length(gaps -> 'refused') + json_array_length(gaps -> 'seals') > 0
      OR EXISTS ((SELECT due.organization_id FROM seals_due(NEW.consortium_id, on_day) due EXCEPT SELECT q.organization_id FROM required_seal q WHERE q.revision_id = NEW.id)
        UNION ALL (SELECT q.organization_id FROM required_seal q WHERE q.revision_id = NEW.id EXCEPT SELECT due.organization_id FROM seals_due(NEW.consortium_id, on_day) due)) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC06', MESSAGE = '提交须有两份已检查的文件和全部应盖印章。 A submission needs both files, checked, and every seal that is due.';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER settle_submission AFTER UPDATE ON report_revision DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.number IS NULL AND NEW.number IS NOT NULL) EXECUTE FUNCTION settle_submission();
`;

/** The verdict on a file is the checker's: a board can't pass its own, and a verdict stays with the bytes that it was given for. */
export const CHECKS = `
  CREATE FUNCTION is_checked_copy(document report_document) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.report_document d JOIN public.report_revision r ON r.id = d.revision_id
      JOIN public.report_revision mine ON mine.id = $1.revision_id AND mine.report_id = r.report_id
      WHERE d.kind = $1.kind AND d.sha256 = $1.sha256 AND d.storage_key = $1.storage_key AND d.check_state = $1.check_state AND d.findings = $1.findings)
  $$;
  CREATE FUNCTION guard_check() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF NEW.check_state <> 'PENDING' AND NOT is_checked_copy(NEW) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '新文件尚未检查。 A new document is not checked yet.';
      END IF;
    ELSIF (NEW.kind, NEW.sha256, NEW.storage_key, NEW.byte_size) IS DISTINCT FROM (OLD.kind, OLD.sha256, OLD.storage_key, OLD.byte_size)
      OR current_user <> 'iec_job' AND (NEW.check_state, NEW.findings, NEW.checked_at, NEW.page_count, NEW.has_text, NEW.signatures, NEW.sketch)
        IS DISTINCT FROM (OLD.check_state, OLD.findings, OLD.checked_at, OLD.page_count, OLD.has_text, OLD.signatures, OLD.sketch)
      OR OLD.check_state <> 'PENDING' AND NEW.check_state <> OLD.check_state THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '检查结果只由检查程序写入一次。 The verdict is the checker''s, once.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_check BEFORE INSERT OR UPDATE ON report_document FOR EACH ROW EXECUTE FUNCTION guard_check();

  CREATE TRIGGER guard_attachment BEFORE INSERT OR UPDATE OR DELETE ON required_seal FOR EACH ROW EXECUTE FUNCTION guard_attachment();
  CREATE TRIGGER guard_attachment_truncate BEFORE TRUNCATE ON required_seal FOR EACH STATEMENT EXECUTE FUNCTION guard_attachment();

  CREATE FUNCTION guard_similarity() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    -- with a new file the board voids the comparison
    IF OLD.number IS NOT NULL OR current_user <> 'iec_job' AND NOT (current_user = 'iec_board' AND NEW.pair_similarity IS NULL) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '相似度只由检查程序写入草稿。 The similarity is the checker''s, on a draft.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_similarity BEFORE UPDATE ON report_revision FOR EACH ROW
    WHEN (NEW.pair_similarity IS DISTINCT FROM OLD.pair_similarity) EXECUTE FUNCTION guard_similarity();
`;

/** A receipt stays as it was issued; only the digest of its printed form comes later, once. Templates and settings stay. */
export const KEPT = `
  CREATE FUNCTION guard_receipt() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.sha256 IS NOT NULL
      OR (NEW.id, NEW.province_id, NEW.city_id, NEW.consortium_id, NEW.revision_id, NEW.event_id, NEW.number, NEW.kind, NEW.issued_at, NEW.jws)
        IS DISTINCT FROM (OLD.id, OLD.province_id, OLD.city_id, OLD.consortium_id, OLD.revision_id, OLD.event_id, OLD.number, OLD.kind, OLD.issued_at, OLD.jws) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC03', MESSAGE = '回执不可更改。 A receipt never changes.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_receipt BEFORE UPDATE OR DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION guard_receipt();
  CREATE TRIGGER guard_receipt_truncate BEFORE TRUNCATE ON receipt FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only();
  CREATE TRIGGER guard_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report_template FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only();
  CREATE TRIGGER guard_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_requirement FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only();
  CREATE TRIGGER guard_scope_report_revision BEFORE INSERT OR UPDATE OF revision_id, consortium_id, city_id, province_id ON required_seal
    FOR EACH ROW EXECUTE FUNCTION guard_scope('report_revision', 'revision_id', 'consortium_id');
  CREATE TRIGGER guard_scope_report_revision BEFORE INSERT OR UPDATE OF revision_id, consortium_id, city_id, province_id ON receipt
    FOR EACH ROW EXECUTE FUNCTION guard_scope('report_revision', 'revision_id', 'consortium_id');
  CREATE TRIGGER guard_scope_report_event BEFORE INSERT OR UPDATE OF event_id, consortium_id, city_id, province_id ON receipt
    FOR EACH ROW EXECUTE FUNCTION guard_scope('report_event', 'event_id', 'consortium_id');
  DROP TRIGGER guard_scope_consortium ON upload;
  CREATE TRIGGER guard_scope_consortium BEFORE INSERT OR UPDATE OF consortium_id, city_id, province_id ON upload
    FOR EACH ROW WHEN (NEW.consortium_id IS NOT NULL) EXECUTE FUNCTION guard_scope('consortium', 'consortium_id', 'id');
`;

/** Does a receipt, or a file by its digest, belong to the record? As the owner, since the public asks; it tells nothing else. */
export const VERIFICATION = `
  CREATE FUNCTION recorded_at(receipt_number text, digest text) RETURNS timestamptz
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN $1 IS NOT NULL THEN (SELECT r.issued_at FROM public.receipt r WHERE r.number = $1)
      ELSE coalesce((SELECT min(r.issued_at) FROM public.receipt r WHERE r.sha256 = $2),
        (SELECT min(v.submitted_at) FROM public.report_document d JOIN public.report_revision v ON v.id = d.revision_id
          WHERE d.sha256 = $2 AND v.number IS NOT NULL)) END
  $$;
`;

/** As in 1732400200000, and the shape of a seal unit's token. */
export const TOKENS = `
  CREATE OR REPLACE FUNCTION guard_token() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    issuer text := current_setting('app.token_id', true);
    shaped boolean;
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at AND current_user <> 'iec_loader' THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '已撤销的令牌不可恢复。 A revoked token stays revoked.';
      END IF;
      RETURN NEW;
    END IF;

    shaped := (NEW.role = 'SEAL_UNIT' OR coalesce(NEW.organization_id, NEW.report_id, NEW.sha256) IS NULL) AND CASE
      WHEN NEW.role = 'BOARD' THEN NEW.department IS NULL AND EXISTS (
        SELECT FROM consortium c WHERE c.id = NEW.consortium_id AND c.city_id = NEW.city_id AND c.province_id = NEW.province_id)
      WHEN NEW.role = 'SEAL_UNIT' THEN NEW.department IS NULL AND NEW.organization_id IS NOT NULL AND NEW.sha256 IS NOT NULL AND EXISTS (
        SELECT FROM report r WHERE r.id = NEW.report_id AND r.consortium_id = NEW.consortium_id AND r.city_id = NEW.city_id AND r.province_id = NEW.province_id)
      WHEN NEW.role IN ('CITY_BUREAU', 'CITY_DEPARTMENT') THEN NEW.consortium_id IS NULL
        AND (NEW.department IS NOT NULL) = (NEW.role = 'CITY_DEPARTMENT')
        AND EXISTS (SELECT FROM city c WHERE c.id = NEW.city_id AND c.province_id = NEW.province_id)
      WHEN NEW.role IN ('PROVINCE', 'EXPERT', 'ANALYST') THEN NEW.province_id IS NOT NULL
        AND coalesce(NEW.city_id, NEW.department, NEW.consortium_id) IS NULL
      WHEN NEW.role = 'ADMINISTRATOR' THEN coalesce(NEW.city_id, NEW.department, NEW.consortium_id) IS NULL
      ELSE false
    END;
    IF NOT shaped THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌的范围与角色不符。 The scope does not fit the role of the token.';
    END IF;
    IF NEW.expires_at > NEW.created_at + interval '366 days' THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌最长366日有效。 A token lives 366 days at most.';
    END IF;
    IF current_user IN ('iec_board', 'iec_bureau', 'iec_province', 'iec_administrator') AND NOT EXISTS (
      SELECT FROM access_token t WHERE t.id = issuer AND NEW.issued_by_id = t.id AND NEW.expires_at <= t.expires_at AND t.revoked_at IS NULL) THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌不得晚于签发者的令牌失效。 A token does not outlive its issuer''s.';
    END IF;
    RETURN NEW;
  END $$;
`;
