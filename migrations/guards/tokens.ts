/** A token's scope has the shape of its role, and nobody issues a longer life than their own. */
export const TOKENS = `
  CREATE FUNCTION guard_token() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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

    shaped := CASE
      WHEN NEW.role = 'BOARD' THEN NEW.department IS NULL AND EXISTS (
        SELECT FROM consortium c WHERE c.id = NEW.consortium_id AND c.city_id = NEW.city_id AND c.province_id = NEW.province_id)
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
    IF current_user IN ('iec_bureau', 'iec_province', 'iec_administrator') AND NOT EXISTS (
      SELECT FROM access_token t WHERE t.id = issuer AND NEW.issued_by_id = t.id AND NEW.expires_at <= t.expires_at AND t.revoked_at IS NULL) THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = '令牌不得晚于签发者的令牌失效。 A token does not outlive its issuer''s.';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard_token BEFORE INSERT OR UPDATE ON access_token FOR EACH ROW EXECUTE FUNCTION guard_token();
`;
