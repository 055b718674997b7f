package dev.terrace.net.acme;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.ServerCertificate;
import dev.terrace.net.tls.TlsFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;

/**
 * Keeps a certificate good: gets one if there is none, and another before its time is over, at a
 * random moment so that many processes do not ask at once. What fails is tried again, later and
 * later. It works on a virtual thread of its own; the certificate is served as soon as it is there.
 */
public final class AcmeRenewal implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AcmeRenewal.class.getName());
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  private static final Duration LAST_RETRY = Duration.ofHours(6);

  private final CertificateStore store;
  private final AcmeChallenges challenges;
  private final Signals signals;
  private Optional<AcmeSettings> settings = Optional.empty();
  private @Nullable Thread thread;

  /** Does nothing yet. */
  public AcmeRenewal(CertificateStore store, AcmeChallenges challenges, Signals signals) {
    this.store = store;
    this.challenges = challenges;
    this.signals = signals;
  }

  /**
   * Keeps this certificate good from now on. The listeners that authorities connect to should be
   * open.
   *
   * @throws TlsFailure if what was stored of it is damaged
   */
  public synchronized void configure(Optional<AcmeSettings> wanted) throws TlsFailure {
    if (wanted.equals(settings)) {
      return;
    }
    List<ServerCertificate> stored = List.of();
    if (wanted.isPresent()) {
      stored = new AcmeStorage(wanted.get().storage()).certificate().stream().toList();
    }
    stop();
    settings = wanted;
    store.issued(stored);
    if (wanted.isPresent()) {
      AcmeSettings current = wanted.get();
      Optional<ServerCertificate> first = stored.stream().findFirst();
      thread = Thread.ofVirtual().name("acme").start(() -> keepGood(current, first));
    }
  }

  private void keepGood(AcmeSettings current, Optional<ServerCertificate> stored) {
    Optional<ServerCertificate> certificate = stored;
    Duration retry = FIRST_RETRY;
    try {
      while (true) {
        if (certificate.isPresent()) {
          Thread.sleep(untilRenewal(current, certificate.get(), Instant.now()));
        }
        try {
          certificate = Optional.of(renew(current));
          retry = FIRST_RETRY;
        } catch (AcmeException | IOException | RuntimeException e) {
          if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
            return;
          }
          failed(current, e, retry);
          Thread.sleep(atLeast(jittered(retry), e));
          retry =
              retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
          // Try at once then, not at the time of the certificate that is there.
          certificate = Optional.empty();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerCertificate renew(AcmeSettings current)
      throws AcmeException, IOException, InterruptedException {
    AcmeStorage storage = new AcmeStorage(current.storage());
    ServerCertificate fresh = new Authority(current, storage, challenges, store).issue();
    store.issued(List.of(fresh));
    signals.counter(Metric.ACME_ORDERS, "issued").increment();
    LOG.log(System.Logger.Level.INFO, "got a certificate: {0}", fresh);
    return fresh;
  }

  private void failed(AcmeSettings current, Exception why, Duration retry) {
    signals.counter(Metric.ACME_ORDERS, "failed").increment();
    LOG.log(
        System.Logger.Level.WARNING,
        "no certificate for {0} from {1}: {2}. Trying again in about {3}",
        String.join(", ", current.domains()),
        current.directory(),
        why.getMessage(),
        retry);
  }

  /** How long a certificate may stay: none if it is for other names than are wanted now. */
  static Duration untilRenewal(AcmeSettings current, ServerCertificate certificate, Instant now) {
    if (!new HashSet<>(certificate.names()).equals(new HashSet<>(current.domains()))) {
      return Duration.ZERO;
    }
    Instant begins = certificate.chain().getFirst().getNotBefore().toInstant();
    Duration third = Duration.between(begins, certificate.expires()).dividedBy(3);
    // A short-lived certificate would else be renewed as soon as it is there.
    Duration before = current.renewBefore().compareTo(third) < 0 ? current.renewBefore() : third;
    Instant latest = certificate.expires().minus(before);
    Duration left = Duration.between(now, latest.minus(upTo(before.dividedBy(10))));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration upTo(Duration longest) {
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest.toMillis() + 1));
  }

  private static Duration jittered(Duration retry) {
    return retry.plus(upTo(retry.dividedBy(4)));
  }

  private static Duration atLeast(Duration pause, Exception why) {
    if (why instanceof AcmeRateLimitedException limited && limited.getRetryAfter().isPresent()) {
      Duration asked = Duration.between(Instant.now(), limited.getRetryAfter().get());
      return asked.compareTo(pause) > 0 ? asked : pause;
    }
    return pause;
  }

  private void stop() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  @Override
  public synchronized void close() {
    stop();
  }
}
