package dev.terrace.config;

import java.time.Duration;
import java.util.Optional;

/** The key-value front. */
public record KvConfig(
    @Doc("What clients must AUTH with; without it the front listens on loopback only.")
        Optional<Secret> password,
    @Doc(
            "A Redis store: keys of no collection are its keys, and commands without a key, such as"
                + " PUBLISH and SCRIPT, are its own; they are refused if left out.")
        @Key("default")
        Optional<String> defaultStore,
    @Doc("How much memory the in-process cache of all collections may take.") @Default("64MB")
        Size memory,
    @Doc("The largest key or value.") @Default("16MB") Size maxBulk,
    @Doc("The most arguments of one command.") @Default("65536") int maxArguments,
    @Doc("Commands that may wait for the store at once; one more is refused with BUSY.")
        @Default("1024")
        int maxWaiting,
    @Doc("How long one read or write of the store may take.") @Default("5s") Duration storeTimeout,
    @Doc(
            "How long one question to a cache that nodes share may take; a server that is slower is"
                + " done without for a second.")
        @Default("250ms")
        Duration sharedTimeout,
    @Doc("How long a client may be silent; 0s for ever.") @Default("0s") Duration idleTimeout,
    @Doc(
            "How several Terrace nodes that serve the same collections tell one another which keys"
                + " were written; if left out, they find out as values get older than their ttl.")
        Optional<NodesConfig> nodes,
    @Doc("The log of writes that the store does not have yet, of collections with write back.")
        JournalConfig journal) {

  public KvConfig {
    Check.positive("max-arguments", maxArguments);
    Check.positive("max-waiting", maxWaiting);
    Check.positive("store-timeout", storeTimeout);
    Check.positive("shared-timeout", sharedTimeout);
    Check.range("max-bulk", maxBulk.bytes(), 1024, 512L << 20);
  }

  /** The channel between nodes. */
  public record NodesConfig(
      @Doc("A Redis store; its first shard passes the messages on.") String store,
      @Doc("The channel's name, which must be the same on all nodes.") @Default("terrace:nodes")
          String channel,
      @Doc(
              "How often a node says that it is there. While messages may be missing, nothing is kept"
                  + " longer than this.")
          @Default("1s")
          Duration beat,
      @Doc("How long a node may be silent until its messages count as missing.") @Default("3s")
          Duration patience) {

    public NodesConfig {
      Check.positive("beat", beat);
      if (patience.compareTo(beat.multipliedBy(2)) < 0) {
        throw new IllegalArgumentException("patience must be twice the beat at least");
      }
      if (channel.isBlank()) {
        throw new IllegalArgumentException("channel must not be empty");
      }
    }
  }
}
