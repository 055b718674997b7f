package dev.terrace.sql.session;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The keys by which sessions can be told to cancel what they run. */
public final class Cancels {

  /** A session's key: a made-up process number and a secret. */
  record Key(int process, ByteBuffer secret) {}

  /** No session yet. */
  public Cancels() {}

  private record Entry(ByteBuffer secret, Session session) {}

  /** As long as protocol 3.0 has room for. */
  private static final int SHORT = 4;

  /** As long as PostgreSQL's own are since protocol 3.2. */
  private static final int LONG = 32;

  private final SecureRandom random = new SecureRandom();
  private final Map<Integer, Entry> sessions = new ConcurrentHashMap<>();

  /** Gives a session a key of its own, as its protocol has them. */
  Key register(Session session, int minor) {
    byte[] made = new byte[minor >= 2 ? LONG : SHORT];
    random.nextBytes(made);
    ByteBuffer secret = ByteBuffer.wrap(made).asReadOnlyBuffer();
    while (true) {
      int process = random.nextInt() & Integer.MAX_VALUE;
      if (sessions.putIfAbsent(process, new Entry(secret, session)) == null) {
        return new Key(process, secret);
      }
    }
  }

  /** Shows all sessions with their process numbers. */
  void each(BiConsumer<Integer, Session> to) {
    sessions.forEach((process, entry) -> to.accept(process, entry.session()));
  }

  void forget(Key key) {
    sessions.remove(key.process());
  }

  /** The session with that key; takes the same time for every wrong secret. */
  Optional<Session> find(int process, ByteBuffer secret) {
    byte[] said = bytes(secret);
    return Optional.ofNullable(sessions.get(process))
        .filter(entry -> MessageDigest.isEqual(bytes(entry.secret()), said))
        .map(Entry::session);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
