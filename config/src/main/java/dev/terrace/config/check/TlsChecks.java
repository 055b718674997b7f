package dev.terrace.config.check;

import dev.terrace.config.TlsConfig;
import dev.terrace.config.TlsConfig.AcmeChallenge;
import dev.terrace.config.TlsConfig.AcmeConfig;
import dev.terrace.config.bind.KeyPath;

/** Checks of TLS: that HTTPS has something to show, and an authority a way to see us. */
final class TlsChecks {

  private static final KeyPath TLS = KeyPath.of("tls");
  private static final KeyPath ACME = TLS.key("acme");

  private final Inspection file;

  private TlsChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    TlsChecks checks = new TlsChecks(file);
    TlsConfig tls = file.config().tls();
    boolean listens = !file.config().listen().https().isEmpty();
    boolean nothing = tls.certificates().isEmpty() && tls.acme().isEmpty();
    if (listens && nothing && file.sources().isWhole(TLS)) {
      file.problemOfKey(
          KeyPath.of("listen", "https"),
          "there is no certificate to show: add 'tls.certificates' or 'tls.acme'");
    }
    if (!listens && !nothing) {
      file.warn(TLS, "nothing listens with TLS: add 'listen.https'");
    }
    tls.acme().ifPresent(checks::acme);
  }

  private void acme(AcmeConfig acme) {
    if (!acme.termsAgreed()) {
      file.problemOfKey(
          ACME.key("terms-agreed"),
          "the authority asks whether you agree to its terms of service: read them and set true");
    }
    boolean plain = !file.config().listen().http().isEmpty();
    if (acme.challenge() == AcmeChallenge.HTTP_01 && !plain) {
      file.problemOfKey(
          ACME.key("challenge"), "http-01 needs 'listen.http', on port 80 to the world");
    }
    for (int i = 0; i < acme.domains().size(); i++) {
      String domain = acme.domains().get(i);
      if (!domain.matches("([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9-]{2,63}")) {
        file.problem(
            file.sources().item(ACME.key("domains"), i),
            "'" + domain + "' is not a domain that http-01 or tls-alpn-01 can prove");
      }
    }
  }
}
