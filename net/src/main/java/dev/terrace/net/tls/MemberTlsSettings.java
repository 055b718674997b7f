package dev.terrace.net.tls;

import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How connections to a pool's members are secured, by the file.
 *
 * @param ca PEM file of the CAs that sign the members' certificates; the JDK's if left out
 * @param serverName the name that members are asked for and must prove; each member's own host if
 *     left out
 * @param certificate what we show members
 * @param verify what members must prove
 * @param protocols what is offered by ALPN, and one of which must be chosen if members choose
 */
public record MemberTlsSettings(
    Optional<Path> ca,
    Optional<String> serverName,
    Optional<CertificateFiles> certificate,
    Verify verify,
    List<String> protocols) {

  /** What members must prove. */
  public enum Verify {
    /** Nothing. */
    NOTHING,
    /** That a trusted CA signed their certificate, whatever names it bears. */
    CA,
    /** That, and that the certificate bears their name. */
    NAME
  }

  public MemberTlsSettings {
    protocols = List.copyOf(protocols);
  }

  /** The files that are named. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    ca.ifPresent(files::add);
    certificate.ifPresent(own -> files.addAll(List.of(own.certificate(), own.key())));
    return files;
  }
}
