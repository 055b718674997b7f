package dev.terrace.kv.acl;

import dev.terrace.config.KvConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The users of one file. */
public final class Users {

  private final Map<String, User> byName = new TreeMap<>();

  private Users() {}

  /**
   * The users of a file, and the default one, whose password is {@code kv.password}. Without that
   * it needs none, unless there are others: then it cannot log in.
   */
  public static Users of(KvConfig config) {
    Users users = new Users();
    boolean on = config.password().isPresent() || config.users().isEmpty();
    users.byName.put(User.DEFAULT, User.all(on, config.password().map(s -> s.value())));
    config.users().forEach((name, user) -> users.byName.put(name, User.of(name, user)));
    return users;
  }

  /** All of them, by name. */
  public Map<String, User> all() {
    return byName;
  }

  /** The user of that name. */
  public Optional<User> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The user that a client is which has not logged in, if that may do anything. */
  public Optional<User> stranger() {
    return find(User.DEFAULT).filter(User::needsNoPassword);
  }

  /** The user that the name and password are right for. */
  public Optional<User> logIn(byte[] name, byte[] password) {
    User user = byName.get(new String(name, StandardCharsets.UTF_8));
    // Takes as long for a name that there is not.
    boolean admitted = (user == null ? User.all(false, Optional.of("")) : user).admits(password);
    return admitted ? Optional.ofNullable(user) : Optional.empty();
  }
}
