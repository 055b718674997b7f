package dev.terrace.sql.session;

import dev.terrace.config.FrontTlsConfig;
import dev.terrace.config.Secret;
import dev.terrace.config.SqlConfig.PoolMode;
import dev.terrace.config.SqlConfig.ServerLogin;
import dev.terrace.config.SqlConfig.UserConfig;
import dev.terrace.net.tls.TlsSession;
import dev.terrace.sql.auth.ChannelBinding;
import dev.terrace.sql.auth.Proof;
import dev.terrace.sql.auth.ServerPassword;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import dev.terrace.sql.wire.StartupPacket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's way from its StartupMessage to being let in. All on the client's event loop. */
final class Login implements Prover.Verdict {

  /** Takes the outcome; called once, perhaps before a call here returns. */
  interface Outcome {
    /** The client is who it says. */
    void welcome(Shared store, Identity who, StartupSettings settings);

    /** The client is sent away. */
    void refused(LoginResult result, SqlError error);
  }

  private final Channel client;
  private final Entrance entrance;
  private final Entrance.Terms terms;
  private final Outcome outcome;
  private Map<String, String> parameters = Map.of();
  private String user = "";
  private int minor;
  private boolean fromDatabase;
  private @Nullable Prover prover;

  Login(Channel client, Entrance entrance, Outcome outcome) {
    this.client = client;
    this.entrance = entrance;
    this.terms = entrance.terms();
    this.outcome = outcome;
  }

  /** The client has said who it is. */
  void start(StartupPacket.Startup startup) {
    parameters = startup.parameters();
    user = parameters.getOrDefault("user", "");
    minor = Math.min(startup.minor(), StartupPacket.MINOR_MAX);
    List<String> unknown =
        parameters.keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    if (startup.minor() > minor || !unknown.isEmpty()) {
      client.write(Answers.negotiateVersion(client.alloc(), minor, unknown));
    }
    boolean mustBeSecure =
        terms.config().tls().filter(tls -> tls.mode() == FrontTlsConfig.Mode.REQUIRE).isPresent();
    if (mustBeSecure && TlsSession.of(client) == null) {
      refuse("28000", "TLS is required: connect with sslmode=require or stricter");
    } else if (user.isEmpty()) {
      refuse("28000", "no PostgreSQL user name specified in startup packet");
    } else {
      identify();
    }
  }

  private String database() {
    return parameters.getOrDefault("database", user);
  }

  /** Nobody learns which databases there are before having proven who it is. */
  private Shared measuredBy() {
    return terms.find(database()).orElseGet(terms::first);
  }

  private void identify() {
    Shared store = measuredBy();
    Optional<Proof> listed = store.service().users().find(user);
    if (listed.isPresent()) {
      prove(listed.get());
    } else if (terms.config().authQuery().isPresent()) {
      ask(store, terms.config().authQuery().get());
    } else if (store.service().users().open()) {
      withoutPassword(store);
    } else {
      prove(store.service().users().unknown(user));
    }
  }

  private void ask(Shared store, String sql) {
    fromDatabase = true;
    Optional<AuthCache.Known> known = store.authCache().find(user, terms.config().authQueryTtl());
    if (known.isPresent()) {
      prove(known.get().proof().orElseGet(() -> store.service().users().unknown(user)));
      return;
    }
    AuthQuery.ask(
        store.service(),
        store.pools().of(client.eventLoop()),
        sql,
        user,
        new AuthQuery.Answer() {
          @Override
          public void known(Optional<Proof> proof) {
            store.authCache().put(user, proof);
            prove(proof.orElseGet(() -> store.service().users().unknown(user)));
          }

          @Override
          public void failed(SqlError error) {
            outcome.refused(LoginResult.REFUSED, error);
          }
        });
  }

  private void withoutPassword(Shared store) {
    if (!Prover.isLocal(client)) {
      refuse("28000", "no password is configured, so only clients on the same machine may log in");
    } else if (store.service().users().trusts(user)) {
      proven(Optional.empty());
    } else {
      refuse("28000", "role \"" + user + "\" does not exist");
    }
  }

  private void prove(Proof proof) {
    if (!client.isActive()) {
      return;
    }
    Optional<ChannelBinding> binding =
        Optional.ofNullable(TlsSession.of(client))
            .flatMap(TlsSession::certificate)
            .flatMap(ChannelBinding::of);
    Prover begun = new Prover(client, user, binding, this);
    prover = begun;
    begun.start(proof);
  }

  /**
   * The client has answered a challenge.
   *
   * @throws ProtocolViolation if that was none
   */
  void answer(ByteBuf message) throws ProtocolViolation {
    Prover asking = prover;
    if (asking == null) {
      throw new ProtocolViolation("no answer was asked for");
    }
    asking.answer(message);
  }

  @Override
  public void unproven(SqlError error) {
    if (fromDatabase) {
      measuredBy().authCache().forget(user);
    }
    outcome.refused(LoginResult.UNPROVEN, error);
  }

  @Override
  public void proven(Optional<ServerPassword> shown) {
    Optional<Shared> found = terms.find(database());
    if (found.isEmpty()) {
      refuse("3D000", "database \"" + database() + "\" does not exist");
      return;
    }
    int shards = found.get().service().members().shards();
    StartupSettings settings = StartupSettings.read(parameters, shards);
    if (settings.error().isPresent()) {
      outcome.refused(LoginResult.REFUSED, settings.error().get());
      return;
    }
    Shared store = found.get();
    Optional<SqlError> full = enter(store);
    if (full.isPresent()) {
      outcome.refused(LoginResult.FULL, full.get());
      return;
    }
    outcome.welcome(store, identity(store, shown), settings);
  }

  private Optional<UserConfig> config(Shared store) {
    return store.service().users().config(user);
  }

  private Optional<SqlError> enter(Shared store) {
    String name = store.service().store();
    int userMax =
        config(store)
            .flatMap(UserConfig::maxClients)
            .or(terms.config()::maxUserClients)
            .orElse(Integer.MAX_VALUE);
    int storeMax =
        Optional.ofNullable(terms.config().databases().get(name))
            .flatMap(its -> its.maxClients())
            .or(terms.config()::maxDatabaseClients)
            .orElse(Integer.MAX_VALUE);
    Optional<SqlError> full = entrance.occupancy().enter(user, userMax, name, storeMax);
    if (full.isEmpty()) {
      client.closeFuture().addListener(closed -> entrance.occupancy().leave(user, name));
    }
    return full;
  }

  private Identity identity(Shared store, Optional<ServerPassword> shown) {
    Optional<UserConfig> config = config(store);
    PoolMode mode =
        config
            .flatMap(UserConfig::pool)
            .or(() ->
                Optional.ofNullable(terms.config().databases().get(store.service().store()))
                    .flatMap(its -> its.pool()))
            .orElse(terms.config().pool());
    Optional<String> role =
        config
            .flatMap(UserConfig::serverUser)
            .or(() ->
                terms.config().serverLogin() == ServerLogin.CLIENT
                    ? Optional.of(user)
                    : Optional.empty())
            .filter(name -> !name.equals(store.service().account().user()));
    return new Identity(
        user,
        role.map(name -> store.service().accounts().of(name, serverPassword(config, shown))),
        mode == PoolMode.SESSION,
        entrance.memory(user),
        minor);
  }

  /** The password of its own that the file has for it, else what the client has shown. */
  private static Optional<ServerPassword> serverPassword(
      Optional<UserConfig> config, Optional<ServerPassword> shown) {
    Optional<Secret> clear =
        config
            .flatMap(its -> its.serverPassword().or(its::password))
            .filter(secret -> !Prover.isStored(secret.value()));
    return clear.map(ServerPassword::of).or(() -> shown);
  }

  private void refuse(String sqlState, String message) {
    outcome.refused(LoginResult.REFUSED, SqlError.fatal(sqlState, message));
  }
}
