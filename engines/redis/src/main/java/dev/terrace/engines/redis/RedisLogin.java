package dev.terrace.engines.redis;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.StoreSettings;
import dev.terrace.engine.StoreSettings.StoreTls;
import dev.terrace.engine.link.Deadline;
import dev.terrace.engine.link.Dialling;
import dev.terrace.engine.link.Linker;
import dev.terrace.net.tls.MemberSockets;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.MemberTlsSettings.Verify;
import dev.terrace.net.tls.TlsFailure;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** Opens connections to one store's servers. */
final class RedisLogin implements Linker<RedisLink> {

  private static final int PORT = 6379;

  private final StoreSettings settings;
  private final int database;

  /**
   * Checks what can be checked without a server.
   *
   * @throws IllegalArgumentException if the database is no number
   */
  RedisLogin(StoreSettings settings) {
    this.settings = settings;
    if (!settings.database().matches("|[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "the databases of a Redis are numbers, and '"
              + settings.database()
              + "' of store '"
              + settings.store()
              + "' is none");
    }
    this.database = settings.database().isEmpty() ? 0 : Integer.parseInt(settings.database());
  }

  @Override
  public RedisLink open(Address server, Deadline deadline) throws IOException, EngineFailure {
    return Dialling.dial(
        server,
        PORT,
        settings,
        deadline,
        (socket, at) -> {
          RedisLink link = new RedisLink(server, socket, secured(socket, at));
          link.login(settings.user(), settings.password(), database);
          return link;
        });
  }

  private Socket secured(Socket socket, Address at) throws IOException, EngineFailure {
    if (settings.tls().isEmpty()) {
      return socket;
    }
    try {
      // For each connection, so that changed files count from the next on.
      MemberSockets sockets = MemberSockets.read(tls(settings.tls().get()));
      SSLSocket secured = sockets.secure(socket, at.host(), at.port());
      secured.startHandshake();
      return secured;
    } catch (TlsFailure e) {
      throw new EngineFailure(Kind.UNREACHABLE, String.valueOf(e.getMessage()), e);
    }
  }

  private static MemberTlsSettings tls(StoreTls tls) {
    Verify verify =
        switch (tls.mode()) {
          // A Redis cannot be asked whether it speaks TLS: its port does or does not.
          case PREFER, REQUIRE -> Verify.NOTHING;
          case VERIFY_CA -> Verify.CA;
          case VERIFY_FULL -> Verify.NAME;
        };
    Optional<CertificateFiles> own =
        tls.certificate().flatMap(c -> tls.key().map(key -> new CertificateFiles(c, key)));
    return new MemberTlsSettings(tls.ca(), tls.serverName(), own, verify, List.of());
  }
}
