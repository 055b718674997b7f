package dev.terrace.sql;

import dev.terrace.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws what several sessions do in turns. Each has rows, locks and a sequence of its own, so that
 * none waits for another, and the answers do not hang on who came first.
 */
final class RandomSessions {

  /** The tables, the same wherever rows are. */
  static String schema(int sessions) {
    StringBuilder schema =
        new StringBuilder(
            """
            create table items (id bigint primary key, owner int, n int, body text);
            create table tags (id int primary key, label text);
            """);
    for (int session = 0; session < sessions; session++) {
      schema.append("create sequence seq_").append(session).append(';');
    }
    return schema.toString();
  }

  private static final List<String> READS =
      List.of(
          "select n, body from items where id = {id}",
          "select n, body from items where id = {id}",
          "select count(*), sum(n) from items where owner = {k}",
          "select id, n from items where owner = {k} order by id",
          "select label from tags where id = {k}",
          "select i.n, t.label from items i join tags t on t.id = i.owner where i.id = {id}",
          "select {k}",
          "values (1), (2)");

  /** These tell of what the session has set, and of what others have. */
  private static final List<String> PROBES =
      List.of(
          "select {k}, current_setting('work_mem'), nullif(current_setting('my.tenant', true), '')",
          "select current_setting('work_mem'), nullif(current_setting('my.tenant', true), ''), current_user"
              + " from items where id = {id}",
          "select current_setting('work_mem') from items where id = {id}",
          "select distinct nullif(current_setting('my.tenant', true), ''), current_setting('work_mem')"
              + " from items where owner = {k}",
          "select current_setting('TimeZone'), current_setting('DateStyle'),"
              + " current_setting('extra_float_digits') from items where id = {id}",
          "select date '2026-01-31', timestamptz '2026-01-31 10:00+00', 0.1::float8 + 0.2::float8",
          "select current_setting('application_name'), current_setting('search_path')",
          "select current_setting('transaction_read_only'),"
              + " current_setting('transaction_isolation')",
          "select current_setting('transaction_read_only'),"
              + " current_setting('transaction_isolation') from items where id = {id}",
          "select current_setting('lock_timeout') from items where id = {id}",
          "show work_mem",
          "show datestyle",
          "show transaction_isolation",
          "select session_user, current_user, current_schema()",
          "select count(*) from pg_prepared_statements where from_sql",
          "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()");

  private static final List<String> WRITES =
      List.of(
          "insert into items (id, owner, n, body) values ({new}, {k}, 1, 'new')",
          "insert into items (id, owner, n, body) values ({new}, {k}, 1, 'new') returning id, n",
          "insert into items (id, owner, n, body) values ({id}, {k}, 1, 'x')"
              + " on conflict (id) do update set n = items.n + 10 returning n",
          "insert into items (id, owner, n, body) values ({new}, {k}, 2, 'a'), ({new}9, {k}, 3, 'b')"
              + " on conflict do nothing",
          "update items set n = n + 1 where id = {id} returning n",
          "update items set n = n + 1 where id = {id}",
          "update items set n = n + 1 where owner = {k}",
          "update items set body = nullif(current_setting('my.tenant', true), '') where id = {id}",
          "delete from items where id = {new}",
          "delete from items where owner = {k} and n > 5",
          "update tags set label = 'label {id}' where id = {k}");

  private static final List<String> ERRORS =
      List.of(
          "select 1 / 0",
          "select n / (id - {id}) from items where owner = {k}",
          "update items set n = n / (id - {id}) where owner = {k}",
          "select * from nowhere",
          "selec 1",
          "select 'a'::int",
          "insert into items (id, owner, n, body) values ({id}, {k}, 1, 'twice')",
          "select n / 0 from items where id = {id}");

  private static final List<String> CONTROL =
      List.of(
          "begin",
          "begin",
          "begin",
          "begin isolation level repeatable read",
          "begin read only",
          "start transaction",
          "commit",
          "commit",
          "commit",
          "rollback",
          "rollback",
          "end",
          "savepoint a",
          "savepoint a",
          "savepoint b",
          "rollback to a",
          "rollback to savepoint b",
          "release a",
          "commit and chain",
          "rollback and chain");

  /** None fails: an error of one before the first shard is told late. */
  private static final List<String> SETTINGS =
      List.of(
          "set work_mem = '5MB'",
          "set work_mem to default",
          "set local work_mem = '6MB'",
          "set local work_mem = '6MB'",
          "reset work_mem",
          "reset all",
          "set my.tenant = '42'",
          "set local my.tenant = '43'",
          "reset my.tenant",
          "select set_config('my.tenant', '44', true)",
          "select set_config('my.tenant', '45', false)",
          "select set_config('work_mem', '7MB', false)",
          "select set_config('work_mem', '8MB', true)",
          "select set_config('work_mem', '9MB', true) from items where id = {id}",
          "set datestyle = 'German'",
          "set local datestyle = 'SQL, DMY'",
          "set time zone 'UTC+3'",
          "set local time zone 'UTC+5'",
          "set extra_float_digits = 0",
          "set application_name = 'app {k}'",
          "set lock_timeout = '30s'",
          "set search_path = public, pg_catalog",
          "set local search_path = pg_catalog, public",
          "set transaction read only",
          "set transaction isolation level repeatable read",
          "set session characteristics as transaction isolation level repeatable read",
          "set default_transaction_read_only = on",
          "reset default_transaction_read_only",
          "set constraints all deferred",
          "discard all",
          "discard plans",
          "discard temp",
          "discard sequences");

  private static final List<String> HELD =
      List.of(
          "prepare p1 as select n from items where id = {id}",
          "prepare p2 (int) as select $1 + {k}",
          "execute p1",
          "execute p2 (3)",
          "deallocate p1",
          "deallocate all",
          "declare c cursor for select id, n from items where owner = {k} order by id",
          "declare c cursor for select n from items where id = {id}",
          "declare c cursor with hold for select n from items where id = {id}",
          "declare h cursor with hold for select generate_series(1, 5)",
          "fetch 1 from c",
          "fetch 2 from h",
          "fetch all in c",
          "move 1 in h",
          "close c",
          "close h",
          "close all",
          "create temp table t (a int)",
          "create temp table if not exists t (a int)",
          "create temp table u (a int) on commit drop",
          "insert into t values (1) returning a",
          "select count(*) from t",
          "select count(*) from u",
          "drop table t",
          "select pg_advisory_lock({k})",
          "select pg_advisory_unlock({k})",
          "select pg_advisory_unlock_all()",
          "select pg_advisory_xact_lock({k})",
          "select nextval('seq_{k}')",
          "select currval('seq_{k}')",
          "select lastval()",
          "copy (select n from items where id = {id}) to stdout",
          "copy (select id, n from items where owner = {k} order by id) to stdout");

  private final Seeded random;
  private final int sessions;
  private final List<List<String>> kinds;

  RandomSessions(Seeded random, int sessions) {
    this.random = random;
    this.sessions = sessions;
    List<List<String>> drawn = new ArrayList<>();
    List<List<String>> all = List.of(READS, PROBES, WRITES, ERRORS, CONTROL, SETTINGS, HELD);
    int[] weights = {4, 5, 4, 1, 5, 4, 2};
    for (int i = 0; i < all.size(); i++) {
      // Some scripts lack some kinds altogether, and so go further in the others.
      int weight = i > 1 && random.nextInt(5) == 0 ? 0 : weights[i];
      for (int j = 0; j < weight; j++) {
        drawn.add(all.get(i));
      }
    }
    this.kinds = drawn;
  }

  /** The rows that there are at the beginning. */
  static String rows(int sessions) {
    List<String> rows = new ArrayList<>();
    for (int session = 0; session < sessions; session++) {
      for (int i = 1; i <= 4; i++) {
        rows.add("(" + (session * 100 + i) + ", " + session + ", " + i + ", 'old')");
      }
    }
    return "insert into items (id, owner, n, body) values " + String.join(", ", rows);
  }

  List<SessionStep> script(int steps) {
    List<SessionStep> script = new ArrayList<>();
    int session = 0;
    for (int i = 0; i < steps; i++) {
      session = random.nextInt(3) == 0 ? random.nextInt(sessions) : session;
      script.add(step(session));
    }
    return script;
  }

  private SessionStep step(int session) {
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> SessionStep.query(session, sql(session));
      case 4 -> SessionStep.query(session, several(session));
      case 5 -> copy(session);
      case 6, 7, 8 -> new SessionStep.Pipeline(session).run(sql(session), yes()).done();
      default -> pipeline(session);
    };
  }

  private String several(int session) {
    List<String> all = new ArrayList<>();
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      all.add(sql(session));
    }
    return String.join("; ", all);
  }

  private SessionStep copy(int session) {
    String row = (session * 100 + 60 + random.nextInt(9)) + "\t" + session + "\t1\tcopied\n";
    String data = random.nextInt(4) == 0 ? row + "nonsense\n" : row;
    return SessionStep.copyIn(
        session, "copy items (id, owner, n, body) from stdin", data, random.nextInt(6) == 0);
  }

  private SessionStep pipeline(int session) {
    SessionStep.Pipeline pipeline = new SessionStep.Pipeline(session);
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      switch (random.nextInt(16)) {
        case 0 -> pipeline.parse("s0", "select n from items where id = $1");
        case 1 -> pipeline.parse("s1", filled(random.pick(PROBES), session));
        case 2, 3 -> bindNamed(pipeline, session);
        case 4 -> pipeline.execute(random.pick(List.of("p", "q", "")), random.nextInt(3));
        case 5 -> pipeline.describe(yes() ? 'S' : 'P', yes() ? "s0" : "p");
        case 6 -> pipeline.close(yes() ? 'S' : 'P', random.pick(List.of("s0", "p", "")));
        case 7 -> pipeline.sync();
        case 8 -> pipeline.flush();
        case 9 ->
            pipeline
                .parse("", "update items set n = $1 where id = $2 returning n")
                .bind("", "", List.of("" + random.nextInt(9), "" + id(session)))
                .execute("", 0);
        case 10 ->
            pipeline
                .parse("s2", "select id, n from items where owner = " + session + " order by id")
                .bind("q", "s2", List.of())
                .execute("q", 1 + random.nextInt(2))
                .execute("q", random.nextInt(3));
        default -> pipeline.run(sql(session), yes());
      }
    }
    return pipeline.done();
  }

  private void bindNamed(SessionStep.Pipeline pipeline, int session) {
    String portal = random.pick(List.of("p", "q", ""));
    boolean one = yes();
    pipeline.bind(portal, one ? "s0" : "s1", one ? List.of("" + id(session)) : List.of());
    if (yes()) {
      pipeline.describe('P', portal);
    }
    pipeline.execute(portal, random.nextInt(2));
  }

  private boolean yes() {
    return random.nextBoolean();
  }

  private int id(int session) {
    return session * 100 + 1 + random.nextInt(5);
  }

  private String sql(int session) {
    return filled(random.pick(random.pick(kinds)), session);
  }

  private String filled(String form, int session) {
    return form.replace("{k}", Integer.toString(session))
        .replace("{id}", Integer.toString(id(session)))
        .replace("{new}", Integer.toString(session * 100 + 50 + random.nextInt(3)));
  }
}
