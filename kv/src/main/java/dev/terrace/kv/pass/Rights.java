package dev.terrace.kv.pass;

import dev.terrace.kv.acl.User;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client's user may send on: the nodes see all clients as one user, so it is decided here.
 * What a script does within a node is the node's to judge, by that one user.
 */
final class Rights {

  private final RequestFrame frame;
  private final Directory directory;

  Rights(RequestFrame frame, Directory directory) {
    this.frame = frame;
    this.directory = directory;
  }

  /** Why the user may not run the request at hand, or null. */
  @Nullable String denied(User user, PassCommand command) {
    if (user.mayDoAll() || opensTheDoor(command.name())) {
      return null;
    }
    byte[][] words = frame.copy();
    String name = new String(words[0], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    if (!user.mayRun(name, words)) {
      return "NOPERM this user has no permissions to run the '"
          + User.fullName(name, words)
          + "' command";
    }
    return switch (command.kind()) {
      case PUBLISH -> channels(user, words, 2, false);
      case SUBSCRIBE -> channels(user, words, words.length, name.equals("psubscribe"));
      default -> keys(user, command, name, words);
    };
  }

  private static boolean opensTheDoor(String name) {
    return switch (name) {
      case "auth", "hello", "quit", "reset" -> true;
      default -> false;
    };
  }

  private static @Nullable String channels(User user, byte[][] words, int end, boolean pattern) {
    for (int i = 1; i < Math.min(end, words.length); i++) {
      if (!user.mayHear(words[i], pattern)) {
        return "NOPERM this user has no permissions to access one of the channels used as arguments";
      }
    }
    return null;
  }

  private @Nullable String keys(User user, PassCommand command, String name, byte[][] words) {
    boolean sorts = name.equals("sort") || name.equals("sort_ro");
    if (command.number() == 0 && !user.mayUseAllKeys()) {
      return "NOPERM the keys of '" + name + "' cannot be told, and this user may not use all";
    }
    for (int i = 2; sorts && i < words.length && !user.mayUseAllKeys(); i++) {
      if (frame.is(i, "BY") || frame.is(i, "GET")) {
        return "NOPERM BY and GET of '" + name + "' are for users who may use all keys";
      }
    }
    KeyPlaces keys = directory.find(command);
    for (int i = 0; i < keys.count(); i++) {
      if (!user.mayUse(words[keys.get(i)], name, words)) {
        return "NOPERM this user has no permissions to access one of the keys used as arguments";
      }
    }
    return null;
  }
}
