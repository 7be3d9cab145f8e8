/**
 * One guard for everything that has a state. Which role may take which step of which workflow, and in which state it may edit, are
 * rows of one table; what the rows say is asked by the same functions for each workflow's tables, which come as trigger arguments.
 */
export const TRANSITIONS = `
  ALTER TABLE workflow_transition
    ADD workflow text NOT NULL DEFAULT 'Report',
    -- a step leaves an event; an edit leaves the state as it is, and none
    ADD noted boolean NOT NULL DEFAULT true,
    DROP CONSTRAINT uq_workflow_transition,
    ADD CONSTRAINT uq_workflow_transition UNIQUE NULLS NOT DISTINCT (workflow, from_state, to_state, db_role, name);
  ALTER TABLE workflow_transition ALTER workflow DROP DEFAULT, ALTER noted DROP DEFAULT;
  INSERT INTO workflow_transition (workflow, name, from_state, to_state, db_role, noted)
    SELECT 'Report', e.name, s.state, s.state, e.db_role, false FROM (VALUES
      ('updateReportDraft',    'iec_board',     '{DRAFT,RETURNED}'::text[]),
      ('attachReportDocument', 'iec_board',     '{DRAFT,RETURNED}'),
      ('attestSeal',           'iec_board',     '{DRAFT,RETURNED}'),
      ('attestSeal',           'iec_seal_unit', '{DRAFT,RETURNED}'),
      ('issueSealToken',       'iec_board',     '{DRAFT,RETURNED}'),
      ('extendObligation',     'iec_province',  '{DRAFT,SUBMITTED,RETURNED}')) e(name, db_role, states), unnest(e.states) s(state);

  -- as its owner: nobody reads the table; a null name is any
  CREATE FUNCTION is_step(workflow text, name text, from_state text, to_state text, db_role text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.workflow_transition t WHERE t.workflow = $1 AND ($2 IS NULL OR t.noted AND t.name = $2)
      AND t.from_state IS NOT DISTINCT FROM $3 AND t.to_state = $4 AND t.db_role = $5)
  $$;

  -- what is not named is frozen, so that a new column is frozen by default
  CREATE FUNCTION changed_beyond(before jsonb, after jsonb, named text[]) RETURNS boolean
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (after - named) IS DISTINCT FROM (before - named)
  $$;
`;

export const STEPS = `
  -- guard_step(workflow, what an edit may change, what a step may change as well)
  CREATE FUNCTION guard_step() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  DECLARE
    named text[] := '{version,updated_at}'::text[] || TG_ARGV[1]::text[];
  BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = format('%s 不可删除。 Rows of %1$s are never deleted.', TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'INSERT' THEN
      IF NOT is_step(TG_ARGV[0], NULL, NULL, NEW.state, current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = format('%s 不可如此开始。 %1$s may not begin this.', current_user);
      END IF;
      IF NEW.version IS DISTINCT FROM 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC04', MESSAGE = '新记录的版本号须为1。 What begins has version 1.';
      END IF;
      RETURN NEW;
    END IF;

    IF NEW.state IS DISTINCT FROM OLD.state THEN
      IF NOT is_step(TG_ARGV[0], NULL, OLD.state, NEW.state, current_user) THEN
        RAISE EXCEPTION USING ERRCODE = 'IEC01',
          MESSAGE = format('%s 不可将其由 %s 变为 %s。 %1$s may not take it from %2$s to %3$s.', current_user, OLD.state, NEW.state);
      END IF;
      named := named || '{state}' || TG_ARGV[2]::text[];
    END IF;
    IF changed_beyond(to_jsonb(OLD), to_jsonb(NEW), named)
      OR NEW.state = OLD.state AND NOT is_step(TG_ARGV[0], NULL, OLD.state, OLD.state, current_user) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC02', MESSAGE = '此状态下不可如此更改。 In this state it does not change so.';
    END IF;
    IF NEW.version IS DISTINCT FROM OLD.version + 1 THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC04', MESSAGE = '每次变更版本号加一。 Each change adds one to the version.';
    END IF;
    RETURN NEW;
  END $$;

  -- guard_event(workflow): a step of it by this role
  CREATE OR REPLACE FUNCTION guard_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    IF NOT is_step(TG_ARGV[0], NEW.transition, NEW.from_state, NEW.to_state, current_user) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '办理记录须为流程中的一步。 An event is a step of the workflow.';
    END IF;
    RETURN NEW;
  END $$;

  -- guard_chain(column of the object): the history of an object is a chain
  CREATE OR REPLACE FUNCTION guard_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    before text;
  BEGIN
    EXECUTE format('SELECT e.to_state FROM public.%I e WHERE e.%I = $1 ORDER BY e.serial DESC LIMIT 1', TG_TABLE_NAME, TG_ARGV[0])
      INTO before USING to_jsonb(NEW) ->> TG_ARGV[0];
    IF NEW.from_state IS DISTINCT FROM before THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '办理记录须接续前一条。 An event goes on from the one before.';
    END IF;
    RETURN NEW;
  END $$;

  /*
   * At the commit, when all is written, in whichever order, for however many steps of however many objects: the chain ends in the
   * object's state, each change of the state has its event, and each event an audit row and an outbox row of its own.
   * settle_step(events, column of the object) stands on the objects, settle_event(objects, column of the object) on the events.
   */
  CREATE FUNCTION settles(objects text, events text, link text, object_id text) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    agrees boolean;
  BEGIN
    EXECUTE format('SELECT o.state = e.to_state AND o.updated_at = e.at FROM public.%I o,
      LATERAL (SELECT e.to_state, e.at FROM public.%I e WHERE e.%I = o.id ORDER BY e.serial DESC LIMIT 1) e WHERE o.id = $1', objects, events, link)
      INTO agrees USING object_id;
    RETURN agrees IS TRUE;
  END $$;

  CREATE OR REPLACE FUNCTION settle_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    before text;
    noted boolean;
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF NEW.state = OLD.state THEN RETURN NULL; END IF;
      before := OLD.state;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I e WHERE e.%I = $1 AND e.from_state IS NOT DISTINCT FROM $2 AND e.to_state = $3 AND e.at = $4)', TG_ARGV[0], TG_ARGV[1])
      INTO noted USING NEW.id, before, NEW.state, NEW.updated_at;
    IF noted IS NOT TRUE OR NOT public.settles(TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1], NEW.id) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '每次状态变更须有其办理记录。 Each change of a state has its event.';
    END IF;
    RETURN NULL;
  END $$;

  CREATE FUNCTION settle_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    subject text := to_jsonb(NEW) ->> TG_ARGV[1];
  BEGIN
    IF NOT EXISTS (SELECT FROM public.audit_entry a WHERE a.event_id = NEW.id AND a.subject_id = subject AND a.action = NEW.transition AND a.at = NEW.at)
      OR NOT EXISTS (SELECT FROM public.outbox_event o WHERE o.event_id = NEW.id AND o.subject_id = subject AND o.type = NEW.transition AND o.at = NEW.at)
      OR NOT public.settles(TG_ARGV[0], TG_TABLE_NAME, TG_ARGV[1], subject) THEN
      RAISE EXCEPTION USING ERRCODE = 'IEC01', MESSAGE = '状态、办理记录、审计与待发事件须一致。 State, event, audit row and outbox row go together.';
    END IF;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION is_step(text, text, text, text, text), changed_beyond(jsonb, jsonb, text[]), guard_step(), settles(text, text, text, text), settle_event() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION is_step(text, text, text, text, text), changed_beyond(jsonb, jsonb, text[]) TO iec_board, iec_bureau, iec_province, iec_seal_unit;
`;

type Guarded = {
  /** The declaration's name. */
  workflow: string;
  /** Its objects, with the columns id, version, state and updated_at. */
  table: string;
  /** Its events, and their column of the object. */
  events: string;
  link: string;
  /** Columns that an edit may change, and those that a step may change as well. */
  edited: string[];
  stepped: string[];
};

/** The triggers of a workflow's tables. Those of BEFORE run in the order of their names. */
export const guarded = ({ workflow, table, events, link, edited, stepped }: Guarded): string => `
  CREATE TRIGGER guard_step BEFORE INSERT OR UPDATE OR DELETE ON ${table}
    FOR EACH ROW EXECUTE FUNCTION guard_step('${workflow}', '{${edited}}', '{${stepped}}');
  CREATE TRIGGER guard_step_truncate BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION guard_step('${workflow}', '{}', '{}');
  CREATE CONSTRAINT TRIGGER settle_step AFTER INSERT OR UPDATE OF state ON ${table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settle_step('${events}', '${link}');
  CREATE TRIGGER guard_event BEFORE INSERT ON ${events} FOR EACH ROW EXECUTE FUNCTION guard_event('${workflow}');
  CREATE TRIGGER guard_chain BEFORE INSERT ON ${events} FOR EACH ROW EXECUTE FUNCTION guard_chain('${link}');
  CREATE CONSTRAINT TRIGGER settle_event AFTER INSERT ON ${events} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION settle_event('${table}', '${link}');
  ALTER TABLE ${table} ENABLE ALWAYS TRIGGER guard_step;
  ALTER TABLE ${table} ENABLE ALWAYS TRIGGER guard_step_truncate;
  ALTER TABLE ${table} ENABLE ALWAYS TRIGGER settle_step;
  ALTER TABLE ${events} ENABLE ALWAYS TRIGGER guard_event;
  ALTER TABLE ${events} ENABLE ALWAYS TRIGGER guard_chain;
  ALTER TABLE ${events} ENABLE ALWAYS TRIGGER settle_event;
`;
