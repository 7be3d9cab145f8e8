/** Who can sign in, as the database knows them; `login` is what the pool's connections are before an actor is known. */
export const ACTORS = [
  'public',
  'board',
  'bureau',
  'department',
  'province',
  'expert',
  'analyst',
  'administrator',
] as const;
const FIRST_ROLES = ['login', ...ACTORS, 'loader', 'job'] as const;
/** Came with the files. */
export const LATER_ROLES = ['seal_unit'] as const;
export const ALL_ROLES = [...FIRST_ROLES, ...LATER_ROLES] as const;
export type DatabaseRole = (typeof ALL_ROLES)[number];

/** Those of the first migration, which never changes. */
export const everyRole = FIRST_ROLES.map((role) => `iec_${role}`).join(', ');

/**
 * Roles belong to the server, not to the database: two databases may be migrated at the same moment, and no lock spans
 * both. So each step is tried again when the other one was faster.
 */
export const createRoles = (roles: readonly DatabaseRole[]): string => `
  DO $do$
  DECLARE
    wanted text;
    newer boolean := current_setting('server_version_num')::int >= 160000;
  BEGIN
    FOREACH wanted IN ARRAY ARRAY['${roles.map((role) => `iec_${role}`).join("', '")}'] LOOP
      FOR attempt IN 1..50 LOOP
        BEGIN
          IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
          END IF;
          IF NOT pg_has_role(current_user, wanted, CASE WHEN newer THEN 'SET' ELSE 'MEMBER' END) THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted) || CASE WHEN newer THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
          END IF;
          EXIT;
        EXCEPTION
          WHEN duplicate_object OR unique_violation OR internal_error THEN
            IF attempt = 50 THEN RAISE; END IF;
            PERFORM pg_sleep(0.02 + random() * 0.05);
          WHEN insufficient_privilege THEN
            RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format(
              '数据库用户 %1$s 无法使用角色 %2$s，请由数据库管理员执行：CREATE ROLE %2$s NOLOGIN NOINHERIT（尚不存在时）；GRANT %2$s TO %1$s%3$s；然后重新启动。'
              ' The database user %1$s may not take the role %2$s: have an administrator run CREATE ROLE %2$s NOLOGIN NOINHERIT (unless it exists); GRANT %2$s TO %1$s%3$s; then start again.',
              quote_ident(current_user), wanted, CASE WHEN newer THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END);
        END;
      END LOOP;
      IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format(
          '角色 %1$s 可绕过行级安全，请由数据库管理员执行：ALTER ROLE %1$s NOSUPERUSER NOBYPASSRLS；然后重新启动。'
          ' The role %1$s bypasses row-level security: have an administrator run ALTER ROLE %1$s NOSUPERUSER NOBYPASSRLS; then start again.', wanted);
      END IF;
    END LOOP;
  END $do$;
`;

export const CREATE_ROLES = createRoles(FIRST_ROLES);
