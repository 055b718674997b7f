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
    @Doc("How long a client may be silent; 0s for ever.") @Default("0s") Duration idleTimeout) {

  public KvConfig {
    Check.positive("max-arguments", maxArguments);
    Check.positive("max-waiting", maxWaiting);
    Check.positive("store-timeout", storeTimeout);
    Check.range("max-bulk", maxBulk.bytes(), 1024, 512L << 20);
  }
}
