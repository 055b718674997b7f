package dev.terrace.net.tls;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.FileWatch;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * TLS to the members of all pools that speak it, for their traffic and their checks. It reads the
 * files again when told to, or when one changes: handshakes from then on use what is in them, open
 * connections keep what they have. What cannot be used changes nothing.
 */
public final class MemberTls implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(MemberTls.class.getName());

  /** One pool's TLS, and what its files were like when they were read. */
  private record Kept(ClientTls tls, FileWatch.Look seen) {}

  private final Signals signals;
  private final FileWatch watch = new FileWatch("member-certificate-watch", this::changed);
  private volatile Map<String, Kept> pools = Map.of();
  private boolean begun;

  /** No pool yet. */
  public MemberTls(Signals signals) {
    this.signals = signals;
  }

  /** How connections to a pool's members are secured, if they are. */
  public Optional<ClientTls> of(String pool) {
    return Optional.ofNullable(pools.get(pool)).map(Kept::tls);
  }

  /**
   * Serves exactly these pools from now on, reading all files. A pool whose settings are what they
   * were keeps its {@link ClientTls}.
   *
   * @param wanted the settings by the pool's name
   * @throws TlsFailure if a file cannot be used; then nothing has changed
   */
  public synchronized void configure(Map<String, MemberTlsSettings> wanted) throws TlsFailure {
    List<Path> files =
        wanted.values().stream().flatMap(settings -> settings.files().stream()).toList();
    FileWatch.Look before = FileWatch.look(files);
    Map<String, Kept> next = new HashMap<>();
    Map<ClientTls, ClientTls.Loaded> again = new HashMap<>();
    for (Map.Entry<String, MemberTlsSettings> pool : wanted.entrySet()) {
      MemberTlsSettings settings = pool.getValue();
      FileWatch.Look seen = FileWatch.look(settings.files());
      ClientTls.Loaded loaded = ClientTls.Loaded.read(settings);
      Kept known = pools.get(pool.getKey());
      if (known != null && known.tls().settings().equals(settings)) {
        again.put(known.tls(), loaded);
        next.put(pool.getKey(), new Kept(known.tls(), seen));
      } else {
        next.put(pool.getKey(), new Kept(new ClientTls(settings, loaded), seen));
      }
    }
    again.forEach(ClientTls::use);
    pools = Map.copyOf(next);
    watch.watch(files, before);
    if (!begun && !files.isEmpty()) {
      begun = true;
      watch.start();
    }
  }

  /**
   * Reads all files again.
   *
   * @throws TlsFailure if one cannot be used; then nothing has changed
   */
  public synchronized void reload() throws TlsFailure {
    Map<String, MemberTlsSettings> same = new HashMap<>();
    pools.forEach((pool, kept) -> same.put(pool, kept.tls().settings()));
    configure(same);
  }

  private synchronized void changed() {
    Map<String, Kept> next = new HashMap<>(pools);
    next.replaceAll(this::current);
    pools = Map.copyOf(next);
  }

  /** Each pool by itself: one's damaged file is no reason to keep another from its new one. */
  private Kept current(String pool, Kept kept) {
    MemberTlsSettings settings = kept.tls().settings();
    FileWatch.Look now = FileWatch.look(settings.files());
    if (now.equals(kept.seen())) {
      return kept;
    }
    try {
      kept.tls().use(ClientTls.Loaded.read(settings));
      signals.counter(Metric.TLS_FILE_CHANGES, "members", "used").increment();
      LOG.log(System.Logger.Level.INFO, "pool {0}: the files of its tls were read again", pool);
    } catch (TlsFailure e) {
      signals.counter(Metric.TLS_FILE_CHANGES, "members", "refused").increment();
      LOG.log(
          System.Logger.Level.WARNING,
          "pool {0}: changed files of its tls are not used, those before go on: {1}",
          pool,
          e.getMessage());
    }
    return new Kept(kept.tls(), now);
  }

  /** Follows the files no more. */
  @Override
  public void close() {
    watch.close();
  }
}
