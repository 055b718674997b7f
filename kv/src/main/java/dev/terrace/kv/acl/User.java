package dev.terrace.kv.acl;

import dev.terrace.config.KvUserConfig;
import dev.terrace.kv.acl.CommandTable.Said;
import dev.terrace.kv.data.Glob;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Somebody who may log in, and what it may do. */
public final class User {

  /** The name that a client has which gives none. */
  public static final String DEFAULT = "default";

  private final String name;
  private final boolean on;
  private final Optional<byte[]> passwordHash;
  private final List<String> rules;
  private final Set<String> allowed;
  private final boolean allCommands;
  private final boolean allKeys;
  private final List<KeyRule> keys;
  private final List<Glob> channels;

  private User(
      String name,
      boolean on,
      Optional<byte[]> passwordHash,
      List<String> rules,
      List<KeyRule> keys,
      List<Glob> channels) {
    this.name = name;
    this.on = on;
    this.passwordHash = passwordHash;
    this.rules = rules;
    this.keys = keys;
    this.channels = channels;
    this.allowed = allowed(rules);
    this.allCommands = rules.equals(List.of("+@all"));
    this.allKeys = keys.stream().anyMatch(rule -> rule.toString().equals("~*"));
  }

  /** The user that may do everything. */
  static User all(boolean on, Optional<String> password) {
    return new User(
        DEFAULT,
        on,
        password.map(User::hash),
        List.of("+@all"),
        List.of(KeyRule.of("*")),
        List.of(Glob.of("*")));
  }

  /** A user of the file. */
  static User of(String name, KvUserConfig config) {
    return new User(
        name,
        true,
        Optional.of(hash(config.password().value())),
        config.commands(),
        config.keys().stream().map(KeyRule::of).toList(),
        config.channels().stream()
            .map(c -> c.equals("allchannels") ? "*" : c.startsWith("&") ? c.substring(1) : c)
            .map(Glob::of)
            .toList());
  }

  /** The hash of a password, or the one that is given as such: a number sign and hex digits. */
  private static byte[] hash(String password) {
    return password.matches("#[0-9a-f]{64}")
        ? HexFormat.of().parseHex(password.substring(1))
        : hash(password.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] hash(byte[] password) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(password);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rules are taken in their order, and the last one that names a command counts. */
  private static Set<String> allowed(List<String> rules) {
    Set<String> allowed = new HashSet<>();
    for (String rule : rules) {
      String what = rule.substring(1).toLowerCase(Locale.ROOT);
      Set<String> named = new HashSet<>();
      if (rule.equals("allcommands") || rule.equals("nocommands") || what.equals("@all")) {
        named.addAll(CommandTable.get().names());
        named.add("@all");
      } else if (what.startsWith("@")) {
        named.addAll(CommandTable.get().in(what.substring(1)));
      } else {
        named.add(what);
        CommandTable.get().names().stream()
            .filter(n -> n.startsWith(what + "|"))
            .forEach(named::add);
      }
      if (rule.startsWith("-") || rule.equals("nocommands")) {
        allowed.removeAll(named);
        // What is not known by name may be one of those that are denied.
        allowed.remove("@all");
      } else {
        allowed.addAll(named);
      }
    }
    return allowed;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Whether it needs no password. */
  public boolean needsNoPassword() {
    return on && passwordHash.isEmpty();
  }

  /** Whether it may log in with that password; takes as long whatever the password is. */
  boolean admits(byte[] password) {
    byte[] wanted = passwordHash.orElse(new byte[32]);
    boolean same = MessageDigest.isEqual(wanted, hash(password));
    return on && (passwordHash.isEmpty() || same);
  }

  /** Whether it may use any key. */
  public boolean mayUseAllKeys() {
    return allKeys;
  }

  /** Whether there is nothing that it may not. */
  public boolean mayDoAll() {
    return allCommands && allKeys && channels.stream().anyMatch(c -> c.toString().equals("*"));
  }

  /** Whether it may run a command, a command's subcommand being its first word. */
  public boolean mayRun(String command, byte[][] args) {
    if (allCommands) {
      return true;
    }
    return allowed.contains(fullName(command, args))
        || (!CommandTable.get().has(command) && allowed.contains("@all"));
  }

  /** The command with its subcommand, if it is one that has some: {@code config|get}. */
  public static String fullName(String command, byte[][] args) {
    if (args.length < 2 || args[1].length > 32) {
      return command;
    }
    String full =
        command + "|" + new String(args[1], StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return CommandTable.get().has(full) ? full : command;
  }

  /** Whether it may use a key so. */
  public boolean mayUse(byte[] key, String command, byte[][] args) {
    if (allKeys) {
      return true;
    }
    Said said = CommandTable.get().of(command);
    boolean reads = said.reads() && !(command.equals("set") && !has(args, "GET"));
    for (KeyRule rule : keys) {
      if (rule.allows(key, reads, said.writes())) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(byte[][] args, String option) {
    for (int i = 3; i < args.length; i++) {
      if (new String(args[i], StandardCharsets.ISO_8859_1).equalsIgnoreCase(option)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether it may listen or speak on a channel.
   *
   * @param pattern whether it is a pattern of channels, which must be one of the user's own
   */
  public boolean mayHear(byte[] channel, boolean pattern) {
    String text = new String(channel, StandardCharsets.UTF_8);
    return channels.stream()
        .anyMatch(glob ->
            glob.toString().equals("*")
                || (pattern ? glob.toString().equals(text) : glob.matches(channel)));
  }

  /** Its flags, as {@code ACL GETUSER} shows them. */
  public List<String> flags() {
    return passwordHash.isPresent()
        ? List.of(on ? "on" : "off")
        : List.of(on ? "on" : "off", "nopass");
  }

  /** The hash of its password. */
  public Optional<String> passwordHex() {
    return passwordHash.map(HexFormat.of()::formatHex);
  }

  /** The rules for commands. */
  public String commandRules() {
    return allCommands ? "+@all" : String.join(" ", concat("-@all", rules));
  }

  private static List<String> concat(String first, List<String> rest) {
    List<String> all = new java.util.ArrayList<>(List.of(first));
    all.addAll(rest);
    return all;
  }

  /** The rules for keys. */
  public String keyRules() {
    return String.join(" ", keys.stream().map(KeyRule::toString).toList());
  }

  /** The rules for channels. */
  public String channelRules() {
    return String.join(" ", channels.stream().map(glob -> "&" + glob).toList());
  }

  /** The line of {@code ACL LIST}. */
  public String line() {
    StringBuilder line = new StringBuilder("user ").append(name).append(on ? " on" : " off");
    @Nullable String hex = passwordHex().orElse(null);
    line.append(hex == null ? (on ? " nopass" : "") : " #" + hex);
    if (!keys.isEmpty()) {
      line.append(' ').append(keyRules());
    }
    line.append(' ').append(channels.isEmpty() ? "resetchannels" : channelRules());
    return line.append(' ').append(commandRules()).toString();
  }
}
