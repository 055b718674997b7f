package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig.AcrossShards;
import dev.terrace.core.freshness.ReadAfter;
import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.Residue;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.FrontendScanner;
import java.util.List;
import java.util.Locale;

/** What statements change in a session: its settings, its prepared statements, its transaction. */
final class SessionState {

  private final Session session;
  private final Settings initial;
  private final SessionMemory memory;
  private final KeptAnswers kept;
  private final Invalidation invalidation;
  private final ToldParameters told;
  private Settings settings;
  private Settings modeOf;
  private SessionMode mode;

  SessionState(Session session, FrontendScanner scanner, Settings initial) {
    this.session = session;
    this.kept = new KeptAnswers(session, scanner);
    this.invalidation = new Invalidation(session);
    this.told = new ToldParameters(session);
    this.initial = initial;
    this.memory = new SessionMemory(session);
    this.settings = initial;
    this.modeOf = initial;
    this.mode = SessionMode.of(initial);
  }

  /** The settings that it began with. */
  Settings initial() {
    return initial;
  }

  /** What Terrace keeps for it. */
  SessionMemory memory() {
    return memory;
  }

  /** Answers out of what is kept. */
  KeptAnswers kept() {
    return kept;
  }

  /** What the client knows of its settings. */
  ToldParameters told() {
    return told;
  }

  /** Tells of writes what is kept. */
  Invalidation invalidation() {
    return invalidation;
  }

  /** The settings that a server must have for this session. */
  Settings settings() {
    return settings;
  }

  /** How its transactions begin. */
  SessionMode mode() {
    if (!modeOf.equals(settings)) {
      modeOf = settings;
      mode = SessionMode.of(settings);
    }
    return mode;
  }

  /** A statement is being sent to the server in use. */
  void sending(Plan plan) {
    Link.Held now = session.link().held();
    if (now == null) {
      return;
    }
    session.batch().sent();
    session.batch().tally().sentTo(now);
    session.service().meters().statement(now.shard(), now.replica());
    now.connection().leaves(plan.residue());
    if (now.isCoordinator()) {
      copying(plan);
      return;
    }
    invalidation.sends(plan);
    boolean open = session.transaction().state() == Transaction.State.OPEN;
    if (plan.setsByFunction() || (plan.kind() == StatementKind.SESSION && !isShow(plan))) {
      session.transaction().sets();
      boolean spans = session.service().config().acrossShards() != AcrossShards.REFUSE;
      session.writes().sets(!open && (plan.setsByFunction() || spans));
    }
    sending(plan, now, open);
    if (plan.kind() != StatementKind.READ || open) {
      session.retries().lasts();
    }
  }

  private void sending(Plan plan, Link.Held now, boolean open) {
    switch (plan.kind()) {
      case BEGIN -> session.transaction().openedInPlace(plan.bare());
      case COMMIT, ROLLBACK -> {
        if (!Transaction.chains(plan.bare())) {
          session.transaction().ending();
        }
        session.writes().ending();
      }
      case READ, EMPTY, SAVEPOINT, FETCH -> {
        // Nothing is written.
      }
      case SESSION -> {
        if (SettingStatement.read(plan.command(), plan.bare()) instanceof SettingStatement.Seed) {
          now.connection().leaves(Residue.INDELIBLE);
        }
        session.retries().lasts();
      }
      case DEALLOCATE -> session.retries().lasts();
      case DECLARE -> {
        written(now, open);
        session.transaction().cursor(cursorName(plan), now.shard());
      }
      default -> {
        if (!plan.setsByFunction() || !plan.effects().isHarmless()) {
          written(now, open);
        }
      }
    }
  }

  /** The coordinator only reads; rows that are copied are not asked for twice. */
  private void copying(Plan plan) {
    if (plan.kind() != StatementKind.READ) {
      session.retries().lasts();
    }
  }

  private static String cursorName(Plan plan) {
    String[] words = plan.bare().strip().split("\\s+", 3);
    String word = words.length < 2 ? "" : words[1];
    return word.startsWith("\"") ? word.replace("\"", "") : word.toLowerCase(Locale.ROOT);
  }

  private void written(Link.Held now, boolean open) {
    session.link().own().wrote(now);
    session.writes().sent(open);
    session.branches().wrote(now.shard());
  }

  /** A statement that matters to the session has completed. */
  void completed(Plan plan, String tag) {
    switch (plan.kind()) {
      case COMMIT -> {
        if (tag.startsWith("COMMIT")) {
          commitSettings();
        } else {
          session.transaction().pending().discard();
        }
        chain(plan);
      }
      case ROLLBACK -> {
        session.transaction().pending().discard();
        chain(plan);
      }
      case SAVEPOINT -> {
        session.transaction().savepoint(plan.command(), plan.bare());
        session.transaction().repeatLater(plan.bare());
      }
      case SESSION -> setByServer(plan);
      case DEALLOCATE -> {
        Link.Held now = session.link().held();
        if (now != null && lastWord(plan).equals("all")) {
          // Those that Terrace has prepared there are gone with them.
          now.connection().statements().clear();
          session.extended().statements().clear();
        }
      }
      case DDL -> {
        if (!plan.holdsSession()) {
          session.shared().schemaVersion().incrementAndGet();
        }
      }
      default -> {
        // Nothing to remember.
      }
    }
  }

  private void chain(Plan plan) {
    if (Transaction.chains(plan.bare())) {
      session.transaction().chained();
    }
  }

  /** A statement that makes a setting by set_config has completed. */
  void completed(FunctionSetting made) {
    boolean followed = !made.local() && session.router().foreign().canRepeat(List.of(made));
    switch (SettingStatement.of(made)) {
      case SettingStatement.Assign assign when followed ->
          session.transaction().pending().add(assign);
      case SettingStatement.Encode encode when followed ->
          session.transaction().pending().add(encode.assign());
      default -> {
        // It ends with the transaction, or the session stays where it was made.
      }
    }
    session.transaction().repeatLater(made.sql());
  }

  private void setByServer(Plan plan) {
    switch (SettingStatement.read(plan.command(), plan.bare())) {
      case SettingStatement.Assign assign -> session.transaction().pending().add(assign);
      case SettingStatement.Encode encode -> session.transaction().pending().add(encode.assign());
      case SettingStatement.Reset reset -> session.transaction().pending().add(reset);
      case SettingStatement.ResetAll all -> session.transaction().pending().add(all);
      case SettingStatement.DiscardAll all -> {
        Link.Held now = session.link().held();
        if (now != null) {
          now.connection().discarded();
        }
        session.transaction().pending().discard();
        discardAll();
      }
      case SettingStatement.Unportable unportable -> session.transaction().unportable();
      default -> {
        // It ends with the transaction, or the session stays where it was made.
      }
    }
    if (!isShow(plan) && !plan.command().equals("DISCARD")) {
      session.transaction().repeatLater(plan.bare());
    }
  }

  private static boolean isShow(Plan plan) {
    return plan.command().equals("SHOW");
  }

  /** The settings made in the transaction count from now on. */
  void commitSettings() {
    Link.Held now = session.link().held();
    commitSettings(now == null ? List.of() : List.of(now));
  }

  /** As {@link #commitSettings()}, where they were made on those servers. */
  void commitSettings(List<Link.Held> madeAt) {
    if (!session.transaction().pending().isEmpty()) {
      List<ServerConnection> servers = madeAt.stream().map(Link.Held::connection).toList();
      settings =
          session
              .shared()
              .canonical(session.transaction().pending().commit(settings, initial, servers));
    }
  }

  /** Whether a DEALLOCATE is about statements that the session itself keeps. */
  boolean deallocates(Plan plan) {
    String name = lastWord(plan);
    return session.extended().statements().has(name)
        || (name.equals("all") && session.link().pinnedShard() == Target.ANY);
  }

  void deallocate(Plan plan) {
    String name = lastWord(plan);
    if (name.equals("all")) {
      session.extended().statements().clear();
    } else {
      session.extended().statements().remove(name);
    }
  }

  /** The name that a statement ends with, as PostgreSQL folds it. */
  static String lastWord(Plan plan) {
    String[] words = plan.bare().replace(';', ' ').strip().split("\\s+", -1);
    String word = words[words.length - 1];
    return word.startsWith("\"") ? word.replace("\"", "") : word.toLowerCase(Locale.ROOT);
  }

  /** DISCARD ALL: the session is as it began. */
  void discardAll() {
    settings = initial;
    session.writes().follow(ReadAfter.NONE);
    session.extended().statements().clear();
    session.link().unpin();
  }
}
