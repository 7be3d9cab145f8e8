const APPEND_ONLY = ['report_event', 'report_event_comment', 'audit_entry', 'outbox_event'];

/** What has happened stays, whoever asks; and the outbox is numbered in the order of the commits. */
export const HISTORY = `
  CREATE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION USING ERRCODE = 'IEC03', MESSAGE = format('%s 只可追加。 Rows of %1$s are only ever added.', TG_TABLE_NAME);
  END $$;
  ${APPEND_ONLY.map(
    (table) => `
  CREATE TRIGGER guard_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only();`,
  ).join('')}

  CREATE SEQUENCE outbox_event_serial AS bigint;
  -- A sequence alone follows the order of asking: whoever reads up to a serial would miss the one that commits late.
  CREATE FUNCTION number_outbox_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(1732400200000);
    NEW.serial := nextval('public.outbox_event_serial');
    RETURN NEW;
  END $$;
  CREATE TRIGGER number_outbox_event BEFORE INSERT ON outbox_event FOR EACH ROW EXECUTE FUNCTION number_outbox_event();
`;

/** The scope that a row carries down is its parent's: [table, parent, link, the parent's consortium]. */
const CARRIED = [
  ['report_obligation', 'consortium', 'consortium_id', 'id'],
  ['report', 'report_obligation', 'obligation_id', 'consortium_id'],
  ['report_revision', 'report', 'report_id', 'consortium_id'],
  ['report_document', 'report_revision', 'revision_id', 'consortium_id'],
  ['seal_attestation', 'report_revision', 'revision_id', 'consortium_id'],
  ['report_event', 'report', 'report_id', 'consortium_id'],
  ['report_event_comment', 'report_event', 'event_id', 'consortium_id'],
  ['report_event_comment', 'report_revision', 'revision_id', 'consortium_id'],
  ['upload', 'consortium', 'consortium_id', 'id'],
  ['board', 'consortium', 'consortium_id', 'id'],
  ['board_member', 'board', 'board_id', 'consortium_id'],
  ['board_member_contact', 'board_member', 'board_member_id', 'consortium_id'],
];

/** Policies look at the scope on the row itself: a row with another's parent would pass them. */
export const SCOPES = `
  CREATE FUNCTION guard_scope() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    agrees boolean;
  BEGIN
    EXECUTE format('SELECT true FROM public.%I p WHERE p.id = $1 AND p.%I = $2 AND p.city_id = $3 AND p.province_id = $4', TG_ARGV[0], TG_ARGV[2])
      INTO agrees USING to_jsonb(NEW) ->> TG_ARGV[1], NEW.consortium_id, NEW.city_id, NEW.province_id;
    IF agrees IS NOT TRUE THEN
      RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('%s 的归属与上级记录不符。 The scope of a row in %1$s is not its parent''s.', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
  END $$;
  ${CARRIED.map(
    ([table, parent, link, consortium]) => `
  CREATE TRIGGER guard_scope_${parent} BEFORE INSERT OR UPDATE OF ${[...new Set([link, 'consortium_id', 'city_id', 'province_id'])].join(', ')} ON ${table}
    FOR EACH ROW EXECUTE FUNCTION guard_scope('${parent}', '${link}', '${consortium}');`,
  ).join('')}
`;
