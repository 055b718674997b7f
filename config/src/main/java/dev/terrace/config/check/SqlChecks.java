package dev.terrace.config.check;

import dev.terrace.config.FrontTlsConfig;
import dev.terrace.config.SqlConfig;
import dev.terrace.config.SqlConfig.AuthMethod;
import dev.terrace.config.SqlConfig.ServerLogin;
import dev.terrace.config.SqlConfig.UserConfig;
import dev.terrace.config.bind.KeyPath;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Checks of whom the SQL front lets in, and to what. */
final class SqlChecks {

  private static final KeyPath SQL = KeyPath.of("sql");

  private final Inspection file;
  private final SqlConfig sql;

  private SqlChecks(Inspection file) {
    this.file = file;
    this.sql = file.config().sql();
  }

  static void run(Inspection file) {
    SqlChecks checks = new SqlChecks(file);
    checks.stores();
    checks.tls();
    checks.sql.users().forEach(checks::user);
  }

  private void stores() {
    for (int i = 0; i < sql.stores().size(); i++) {
      KeyPath at = file.sources().item(SQL.key("stores"), i);
      file.mustBeDatabase(at, sql.stores().get(i));
    }
    for (String name : sql.databases().keySet()) {
      KeyPath at = SQL.key("databases").key(name);
      if (!file.sources().names(Inspection.STORES).contains(name)
          && file.sources().isWhole(Inspection.STORES)) {
        file.problemOfKey(at, "there is no store '" + name + "'");
      }
    }
    Map<String, String> databases = new HashMap<>();
    for (String name : sql.served(file.config().databases())) {
      var store = file.config().databases().get(name);
      String other = store == null ? null : databases.putIfAbsent(store.database(), name);
      if (other != null && store != null && !file.config().listen().sql().isEmpty()) {
        file.warn(
            Inspection.STORES.key(name).key("database"),
            "the database of store '"
                + other
                + "' has this name too: clients reach either by the store's name alone");
      }
    }
  }

  private void tls() {
    tls(file, SQL, sql.tls());
    tls(file, KeyPath.of("kv"), file.config().kv().tls());
  }

  /** A front that is to speak TLS needs a certificate to show. */
  private static void tls(Inspection file, KeyPath front, Optional<FrontTlsConfig> tls) {
    boolean nothing =
        tls.isPresent()
            && tls.get().certificates().isEmpty()
            && file.config().tls().certificates().isEmpty();
    if (nothing && file.sources().isWhole(KeyPath.of("tls"))) {
      file.problemOfKey(
          front.key("tls"),
          "there is no certificate to show: add 'certificates' here, or 'tls.certificates'");
    }
  }

  private void user(String name, UserConfig user) {
    KeyPath at = SQL.key("users").key(name);
    boolean asked = sql.tls().flatMap(tls -> tls.clientAuth()).isPresent();
    if (user.auth() == AuthMethod.CERT && !asked && file.sources().isWhole(SQL.key("tls"))) {
      file.problem(
          at.key("auth"), "clients are not asked for certificates: add 'sql.tls.client-auth'");
    }
    Optional<String> own = user.password().map(secret -> secret.value());
    boolean asOther = user.serverUser().isPresent() || sql.serverLogin() == ServerLogin.CLIENT;
    boolean md5Only = own.filter(text -> text.matches("md5[0-9a-f]{32}")).isPresent();
    if (asOther && md5Only && user.serverPassword().isEmpty() && otherName(name, user)) {
      file.problem(
          at.key("password"),
          "servers cannot be logged in to with it under another name: add 'server-password'");
    }
  }

  private static boolean otherName(String name, UserConfig user) {
    return user.serverUser().filter(other -> !other.equals(name)).isPresent();
  }
}
