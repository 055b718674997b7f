package dev.terrace.config.check;

import dev.terrace.config.FileName;
import dev.terrace.config.PoolConfig;
import dev.terrace.config.PoolConfig.BackendTlsConfig;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.StoreTlsConfig;
import dev.terrace.config.TlsConfig;
import dev.terrace.config.TlsConfig.CertificateConfig;
import dev.terrace.config.TlsConfig.ClientAuthConfig;
import dev.terrace.config.bind.KeyPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Checks that the files which this one names are there; what they hold is read when it is used. */
final class FileChecks {

  private final Inspection file;

  private FileChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    FileChecks checks = new FileChecks(file);
    checks.tls(file.config().tls());
    file.config()
        .sql()
        .tls()
        .ifPresent(
            tls -> checks.clients(KeyPath.of("sql", "tls"), tls.certificates(), tls.clientAuth()));
    file.config()
        .kv()
        .tls()
        .ifPresent(
            tls -> checks.clients(KeyPath.of("kv", "tls"), tls.certificates(), tls.clientAuth()));
    file.config()
        .stores()
        .forEach((name, store) -> checks.store(Inspection.STORES.key(name), store));
    file.config().pools().forEach((name, pool) -> checks.pool(Inspection.POOLS.key(name), pool));
    file.config()
        .http()
        .accessLog()
        .filter(log -> !log.toStandardOutput())
        .ifPresent(log -> checks.folder(KeyPath.of("http", "access-log", "file"), log.file()));
  }

  private void tls(TlsConfig tls) {
    KeyPath at = KeyPath.of("tls");
    clients(at, tls.certificates(), tls.clientAuth());
    there(at.key("acme").key("ca"), tls.acme().flatMap(acme -> acme.ca()));
  }

  private void clients(
      KeyPath at, List<CertificateConfig> certificates, Optional<ClientAuthConfig> clientAuth) {
    for (int i = 0; i < certificates.size(); i++) {
      KeyPath item = file.sources().item(at.key("certificates"), i);
      there(item.key("certificate"), Optional.of(certificates.get(i).certificate()));
      there(item.key("key"), Optional.of(certificates.get(i).key()));
    }
    there(at.key("client-auth").key("ca"), clientAuth.map(ClientAuthConfig::ca));
  }

  private void store(KeyPath at, StoreConfig store) {
    KeyPath tls = at.key("tls");
    there(tls.key("ca"), store.tls().flatMap(StoreTlsConfig::ca));
    there(tls.key("certificate"), store.tls().flatMap(StoreTlsConfig::certificate));
    there(tls.key("key"), store.tls().flatMap(StoreTlsConfig::key));
  }

  private void pool(KeyPath at, PoolConfig pool) {
    there(at.key("discover").key("file"), pool.discover().flatMap(discover -> discover.file()));
    KeyPath tls = at.key("tls");
    there(tls.key("ca"), pool.tls().flatMap(BackendTlsConfig::ca));
    there(tls.key("certificate"), pool.tls().flatMap(BackendTlsConfig::certificate));
    there(tls.key("key"), pool.tls().flatMap(BackendTlsConfig::key));
  }

  private void there(KeyPath at, Optional<FileName> name) {
    name.filter(n -> !Files.isRegularFile(n.path()))
        .ifPresent(n -> file.problem(at, "there is no file '" + n + "'" + beside(n)));
  }

  private void folder(KeyPath at, FileName name) {
    Path folder = name.path().toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      file.problem(at, "there is no folder to write '" + name + "' in" + beside(name));
    }
  }

  private static String beside(FileName name) {
    return Path.of(name.written()).isAbsolute() ? "" : "; it is looked for beside this file";
  }
}
