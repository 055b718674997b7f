package dev.terrace.net.tls;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.FileWatch;
import dev.terrace.net.tls.ContextSet.Parts;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificates of this process. It reads them again when told to, or when a file changes, and
 * gives them to all its {@link TlsServer}s at once: handshakes from then on use the new ones, open
 * connections keep what they have. What cannot be used changes nothing.
 */
public final class CertificateStore implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(CertificateStore.class.getName());
  private static final Duration ROTATE_TICKETS_EVERY = Duration.ofHours(8);
  private static final Duration SOON = Duration.ofDays(14);

  private final Signals signals;
  private final TicketKeys tickets = new TicketKeys();
  private final List<TlsServer> servers = new ArrayList<>();
  private final FileWatch watch = new FileWatch("certificate-watch", this::changed);
  private final Thread rotation = Thread.ofVirtual().name("ticket-keys").unstarted(this::rotate);
  private final Proofs proofs = new Proofs();
  private List<ServerCertificate> issued = List.of();
  private volatile Parts parts = new Parts(TlsSettings.NONE, List.of(), List.of());
  private boolean begun;
  private boolean closed;

  /** No certificate yet. */
  public CertificateStore(Signals signals) {
    this.signals = signals;
  }

  /**
   * TLS for one listener, with the certificates of this store.
   *
   * @param listener the front's key under {@code listen}
   * @param protocols what ALPN may choose (RFC 7301), the preferred first; empty for no ALPN
   */
  public synchronized TlsServer server(String listener, List<String> protocols) {
    try {
      TlsServer server =
          new TlsServer(
              listener, protocols, signals, ContextSet.of(parts, protocols, tickets), proofs);
      servers.add(server);
      return server;
    } catch (TlsFailure e) {
      throw new IllegalStateException("certificates that could be used until now", e);
    }
  }

  /**
   * Serves by these settings from now on, reading all files.
   *
   * @throws TlsFailure if one cannot be used; then nothing has changed
   */
  public synchronized void configure(TlsSettings settings) throws TlsFailure {
    use(settings, issued);
    if (!settings.certificates().isEmpty()) {
      begin();
    }
  }

  /** Watches files and changes ticket keys from now on. */
  private void begin() {
    if (!begun) {
      begun = true;
      watch.start();
      rotation.start();
    }
  }

  /**
   * Reads all files again.
   *
   * @throws TlsFailure if one cannot be used; then nothing has changed
   */
  public synchronized void reload() throws TlsFailure {
    use(parts.settings(), issued);
  }

  /** Serves these beside those of the files, in place of those issued before. */
  public synchronized void issued(List<ServerCertificate> certificates) throws TlsFailure {
    use(parts.settings(), certificates);
    begin();
    issued = List.copyOf(certificates);
  }

  private void use(TlsSettings settings, List<ServerCertificate> beside) throws TlsFailure {
    List<Path> files = files(settings);
    FileWatch.Look before = FileWatch.look(files);
    apply(read(settings, beside));
    watch.watch(files, before);
  }

  /** Shows this certificate to an authority that wants a proof for the name (RFC 8737). */
  public void challenge(String name, ServerCertificate proof) throws TlsFailure {
    proofs.put(name, proof);
  }

  /** The proof is no longer needed. */
  public void endChallenge(String name) {
    proofs.remove(name);
  }

  /** Reads what settings name without using it. */
  public static List<ServerCertificate> check(TlsSettings settings) throws TlsFailure {
    return read(settings, List.of()).certificates();
  }

  private static Parts read(TlsSettings settings, List<ServerCertificate> beside)
      throws TlsFailure {
    List<ServerCertificate> certificates = new ArrayList<>();
    for (CertificateFiles files : settings.certificates()) {
      certificates.add(ServerCertificate.read(files.certificate(), files.key()));
    }
    certificates.addAll(beside);
    List<X509Certificate> cas =
        settings.clientAuth().isEmpty()
            ? List.of()
            : PemFiles.certificates(settings.clientAuth().get().ca());
    return new Parts(settings, certificates, cas);
  }

  private void apply(Parts next) throws TlsFailure {
    boolean othersAllowed =
        !next.clientCas().equals(parts.clientCas())
            || !next.settings().clientAuth().equals(parts.settings().clientAuth());
    if (othersAllowed) {
      tickets.forget(); // a session of a client that would no longer be let in
    }
    List<ContextSet> fresh = new ArrayList<>();
    try {
      for (TlsServer server : servers) {
        fresh.add(ContextSet.of(next, server.protocols(), tickets));
      }
    } catch (TlsFailure e) {
      fresh.forEach(ContextSet::release);
      throw e;
    }
    for (int i = 0; i < fresh.size(); i++) {
      servers.get(i).use(fresh.get(i));
    }
    measure(parts.certificates(), next.certificates());
    parts = next;
  }

  private void measure(List<ServerCertificate> before, List<ServerCertificate> now) {
    before.forEach(c -> signals.removeGauge(Metric.TLS_CERTIFICATE_DAYS, c.label()));
    for (ServerCertificate certificate : now) {
      signals.gauge(
          () -> certificate.left(Instant.now()).toSeconds() / 86_400.0,
          Metric.TLS_CERTIFICATE_DAYS,
          certificate.label());
      Duration left = certificate.left(Instant.now());
      if (left.isNegative()) {
        LOG.log(System.Logger.Level.WARNING, "certificate has expired: {0}", certificate);
      } else if (left.compareTo(SOON) < 0 && !before.contains(certificate)) {
        LOG.log(System.Logger.Level.WARNING, "certificate expires soon: {0}", certificate);
      }
    }
  }

  /** The certificates in use. */
  public List<ServerCertificate> certificates() {
    return parts.certificates();
  }

  private static List<Path> files(TlsSettings settings) {
    List<Path> files = new ArrayList<>();
    settings.certificates().forEach(c -> files.addAll(List.of(c.certificate(), c.key())));
    settings.clientAuth().ifPresent(auth -> files.add(auth.ca()));
    return files;
  }

  private void changed() {
    try {
      reload();
      signals.counter(Metric.TLS_FILE_CHANGES, "listeners", "used").increment();
      LOG.log(System.Logger.Level.INFO, "certificates were read again: {0}", certificates());
    } catch (TlsFailure e) {
      signals.counter(Metric.TLS_FILE_CHANGES, "listeners", "refused").increment();
      LOG.log(
          System.Logger.Level.WARNING,
          "changed certificates are not used, those before go on: {0}",
          e.getMessage());
    }
  }

  private void rotate() {
    try {
      while (true) {
        Thread.sleep(ROTATE_TICKETS_EVERY);
        rotateTickets();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Seals tickets with a new key from now on. */
  synchronized void rotateTickets() {
    tickets.rotate();
    servers.forEach(server -> server.seal(tickets));
  }

  /** Ends all that it started and lets the certificates go. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      watch.close();
      rotation.interrupt();
      servers.forEach(TlsServer::close);
      servers.clear();
    }
  }
}
