import org.jspecify.annotations.NullMarked;

/** The authoritative DNS front. */
@NullMarked
module dev.terrace.dns {
  requires transitive dev.terrace.config;
  requires transitive dev.terrace.net;
  requires static transitive org.jspecify;

  exports dev.terrace.dns;
}
