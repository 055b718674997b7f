package dev.terrace.sql.session;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The keys by which sessions can be told to cancel what they run. */
final class Cancels {

  /** A session's key: a made-up process number and a secret. */
  record Key(int process, int secret) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<Key, Session> sessions = new ConcurrentHashMap<>();

  /** Gives a session a key of its own. */
  Key register(Session session) {
    while (true) {
      Key key = new Key(random.nextInt() & Integer.MAX_VALUE, random.nextInt());
      if (sessions.putIfAbsent(key, session) == null) {
        return key;
      }
    }
  }

  void forget(Key key) {
    sessions.remove(key);
  }

  Optional<Session> find(Key key) {
    return Optional.ofNullable(sessions.get(key));
  }
}
