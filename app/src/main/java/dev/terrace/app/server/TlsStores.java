package dev.terrace.app.server;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.tls.CertificateStore;
import dev.terrace.net.tls.MemberTls;
import dev.terrace.net.tls.TlsFailure;

/** What is shown to clients and to members, and what members must prove. */
record TlsStores(
    CertificateStore http, CertificateStore sql, CertificateStore kv, MemberTls members)
    implements AutoCloseable {

  static TlsStores empty(Signals signals) {
    return new TlsStores(
        new CertificateStore(signals),
        new CertificateStore(signals),
        new CertificateStore(signals),
        new MemberTls(signals));
  }

  /** Reads the file's certificates; nothing has changed if one cannot be used. */
  void configure(TerraceConfig file) throws TlsFailure {
    members.configure(TlsFiles.members(file));
    http.configure(TlsFiles.of(file.tls()));
    sql.configure(TlsFiles.ofSql(file));
    kv.configure(TlsFiles.ofKv(file));
  }

  /** Reads them again. */
  void reload() throws TlsFailure {
    members.reload();
    http.reload();
    sql.reload();
    kv.reload();
  }

  @Override
  public void close() {
    members.close();
    http.close();
    sql.close();
    kv.close();
  }
}
