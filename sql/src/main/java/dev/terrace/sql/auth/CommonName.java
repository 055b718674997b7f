package dev.terrace.sql.auth;

import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The common name in a certificate's subject, as RFC 2253 writes subjects. */
public final class CommonName {

  private CommonName() {}

  /** The name; none if there is none, or several. */
  public static Optional<String> of(String subject) {
    try {
      Optional<String> found = Optional.empty();
      for (Rdn part : new LdapName(subject).getRdns()) {
        if (part.size() == 1 && part.getType().equalsIgnoreCase("CN")) {
          if (found.isPresent() || !(part.getValue() instanceof String name)) {
            return Optional.empty();
          }
          found = Optional.of(name);
        }
      }
      return found;
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
