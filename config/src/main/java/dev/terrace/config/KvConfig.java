package dev.terrace.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The key-value front. */
public record KvConfig(
    @Doc("What clients must AUTH with; without it the front listens on loopback only.")
        Optional<Secret> password,
    @Doc(
            "Who may log in with AUTH user password, by name, and what each may do; the user default,"
                + " who may do all, has the password above and without one is off if there are"
                + " others.")
        Map<String, KvUserConfig> users,
    @Doc("TLS with clients, from their first byte; in clear text if left out.")
        Optional<FrontTlsConfig> tls,
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
    @Doc(
            "Commands that may wait for one node of a Redis store at once, on each event loop; one"
                + " more is refused with BUSY.")
        @Default("65536")
        int maxNodeWaiting,
    @Doc(
            "How much of what Redis stores answered a client may leave unread; with more it is"
                + " disconnected, as other clients' answers come by the same connection.")
        @Default("256MB")
        Size maxUnread,
    @Doc(
            "Keys moved a second, at most, when nodes of a Redis store have come or gone; those that"
                + " are asked for are moved at once.")
        @Default("5000")
        int maxMovesPerSecond,
    @Doc("The most commands of one MULTI.") @Default("10000") int maxQueued,
    @Doc("Rows that KEYS and DBSIZE may go through; KEYS answers with an error beyond.")
        @Default("100000")
        int maxKeys,
    @Doc("Cursors of SCAN that are remembered; those used longest ago are forgotten first.")
        @Default("10000")
        int maxCursors,
    @Doc(
            "Keys that clients with CLIENT TRACKING keep, all together; for one more the oldest"
                + " counts as changed.")
        @Default("1000000")
        int maxTracked,
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
    for (String user : users.keySet()) {
      if (user.equals("default") || !user.matches("[!-~]+")) {
        throw new IllegalArgumentException(
            user.equals("default")
                ? "users: the default user is not listed, 'password' is its password"
                : "users: '" + user + "' must be printable characters without spaces");
      }
    }
    Check.positive("max-arguments", maxArguments);
    Check.positive("max-waiting", maxWaiting);
    Check.positive("max-node-waiting", maxNodeWaiting);
    Check.positive("max-moves-per-second", maxMovesPerSecond);
    Check.range("max-unread", maxUnread.bytes(), 64 << 10, 64L << 30);
    Check.positive("max-queued", maxQueued);
    Check.range("max-tracked", maxTracked, 1, 100_000_000);
    Check.range("max-keys", maxKeys, 1, 10_000_000);
    Check.range("max-cursors", maxCursors, 1, 10_000_000);
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
