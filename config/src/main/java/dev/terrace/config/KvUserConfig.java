package dev.terrace.config;

import java.util.List;
import java.util.regex.Pattern;

/** A user of the key-value front; what it may do is said in the words of Redis's ACL. */
public record KvUserConfig(
    @Doc("The password, best as ${NAME}; or a number sign and its SHA-256 in hex digits.")
        Secret password,
    @Doc(
            "Commands, each rule after the one before: +get, -del, +@read, -@dangerous, +config|get,"
                + " +@all; none if left out.")
        List<String> commands,
    @Doc("Patterns of keys: product:*, or %R~order:* to read only, %W~log:* to write only.")
        List<String> keys,
    @Doc("Patterns of channels to listen and to speak on.") List<String> channels) {

  private static final Pattern COMMAND =
      Pattern.compile("[+-](@[a-z]+|[a-zA-Z._-]+(\\|[a-zA-Z._-]+)?)|allcommands|nocommands");
  private static final Pattern KEY = Pattern.compile("%(R|W|RW|WR)~.+|[^%].*");

  public KvUserConfig {
    for (String rule : commands) {
      if (!COMMAND.matcher(rule).matches()) {
        throw new IllegalArgumentException(
            "commands: '"
                + rule
                + "' is no rule; rules are such as +get, -del, +@read, +config|get");
      }
    }
    for (String key : keys) {
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException(
            "keys: '" + key + "' is no pattern; patterns are such as product:*, %R~order:*");
      }
    }
    if (password.value().startsWith("#") && !password.value().matches("#[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "password: a number sign is followed by the 64 hex digits of a SHA-256");
    }
    if (password.value().isEmpty()) {
      throw new IllegalArgumentException("password must not be empty");
    }
  }
}
