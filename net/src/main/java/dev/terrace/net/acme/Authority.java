package dev.terrace.net.acme;

import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.ServerCertificate;
import dev.terrace.net.tls.TrustedCas;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.provider.GenericAcmeProvider;
import org.shredzone.acme4j.util.KeyPairUtils;

/** Gets one certificate from an authority, blocking: account, order, challenges, certificate. */
final class Authority {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Trusts an authority whose own certificate the JDK does not know. */
  private static final class PrivateProvider extends GenericAcmeProvider {
    private final SSLContext tls;

    PrivateProvider(SSLContext tls) {
      this.tls = tls;
    }

    @Override
    protected HttpConnector createHttpConnector(NetworkSettings settings) {
      return new HttpConnector(settings) {
        @Override
        public HttpClient.Builder createClientBuilder() {
          return super.createClientBuilder().sslContext(tls);
        }
      };
    }
  }

  private final AcmeSettings settings;
  private final AcmeStorage storage;
  private final AcmeChallenges challenges;
  private final CertificateStore store;

  Authority(
      AcmeSettings settings,
      AcmeStorage storage,
      AcmeChallenges challenges,
      CertificateStore store) {
    this.settings = settings;
    this.storage = storage;
    this.challenges = challenges;
    this.store = store;
  }

  /** Gets a certificate and keeps it. */
  ServerCertificate issue() throws AcmeException, IOException, InterruptedException {
    Order order = account().newOrder().domains(settings.domains()).create();
    for (Authorization authorization : order.getAuthorizations()) {
      prove(authorization);
    }
    require(order.waitUntilReady(PATIENCE), Status.READY, "the order", order.getError());
    KeyPair key = KeyPairUtils.createECKeyPair("secp256r1");
    order.execute(key);
    require(order.waitForCompletion(PATIENCE), Status.VALID, "the order", order.getError());
    return storage.keep(key, order.getCertificate().getCertificateChain());
  }

  private Account account() throws AcmeException, IOException {
    AccountBuilder builder = new AccountBuilder().useKeyPair(storage.accountKey());
    settings.email().ifPresent(builder::addEmail);
    if (settings.termsAgreed()) {
      builder.agreeToTermsOfService();
    }
    return builder.create(session());
  }

  private Session session() throws IOException {
    if (settings.ca().isEmpty()) {
      return new Session(settings.directory());
    }
    return new Session(
        settings.directory(), new PrivateProvider(TrustedCas.clientContext(settings.ca().get())));
  }

  private void prove(Authorization authorization)
      throws AcmeException, IOException, InterruptedException {
    if (authorization.getStatus() == Status.VALID) {
      return;
    }
    String domain = authorization.getIdentifier().getDomain();
    switch (settings.challenge()) {
      case HTTP_01 -> {
        Http01Challenge challenge = find(authorization, Http01Challenge.class, domain);
        challenges.put(challenge.getToken(), challenge.getAuthorization());
        try {
          await(challenge, domain);
        } finally {
          challenges.remove(challenge.getToken());
        }
      }
      case TLS_ALPN_01 -> {
        TlsAlpn01Challenge challenge = find(authorization, TlsAlpn01Challenge.class, domain);
        KeyPair key = KeyPairUtils.createKeyPair(2048); // acme4j signs such certificates by RSA
        store.challenge(
            domain,
            new ServerCertificate(
                "challenge for " + domain,
                List.of(challenge.createCertificate(key, authorization.getIdentifier())),
                key.getPrivate(),
                List.of(domain)));
        try {
          await(challenge, domain);
        } finally {
          store.endChallenge(domain);
        }
      }
    }
  }

  private static <C extends Challenge> C find(
      Authorization authorization, Class<C> type, String domain) throws AcmeException {
    return authorization
        .findChallenge(type)
        .orElseThrow(() ->
            new AcmeException(
                "the authority does not offer this challenge for "
                    + domain
                    + ": it offers "
                    + authorization.getChallenges().stream().map(Challenge::getType).toList()));
  }

  private static void await(Challenge challenge, String domain)
      throws AcmeException, InterruptedException {
    challenge.trigger();
    require(
        challenge.waitForCompletion(PATIENCE),
        Status.VALID,
        "proving " + domain,
        challenge.getError());
  }

  private static void require(Status status, Status wanted, String what, Optional<Problem> problem)
      throws AcmeException {
    if (status != wanted) {
      throw new AcmeException(what + " is " + status + problem.map(p -> ": " + p).orElse(""));
    }
  }
}
