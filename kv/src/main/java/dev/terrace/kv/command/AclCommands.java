package dev.terrace.kv.command;

import dev.terrace.kv.acl.CommandTable;
import dev.terrace.kv.acl.User;
import dev.terrace.kv.acl.Users;
import dev.terrace.kv.command.Command.Action.Local;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** ACL: who may do what, as the file says. */
final class AclCommands {

  private AclCommands() {}

  static List<Command> all() {
    Local acl = AclCommands::acl;
    return List.of(new Command("acl", -2, Keys.NONE, acl, "About users; they are in the file."));
  }

  private static void acl(Session session, byte[][] args, ReplyWriter out) throws KvError {
    Users users = session.service().served().users();
    String sub = Arguments.text(args[1]).toUpperCase(Locale.ROOT);
    switch (sub) {
      case "WHOAMI" -> {
        User user = session.client().user();
        out.bulk(user == null ? User.DEFAULT : user.name());
      }
      case "USERS" -> texts(users.all().keySet(), out);
      case "LIST" -> texts(users.all().values().stream().map(User::line).toList(), out);
      case "GETUSER" -> user(users.find(Arguments.text(word(args, 2))), out);
      case "CAT" -> cat(args, out);
      case "DRYRUN" -> dryRun(session.service(), users, args, out);
      case "LOG" -> out.array(0);
      case "SETUSER", "DELUSER", "SAVE", "LOAD" ->
          throw KvError.of("users are in Terrace's file, under kv.users: change them there");
      default ->
          throw KvError.of(
              "unknown subcommand '"
                  + sub
                  + "'. Try ACL WHOAMI, LIST, USERS, GETUSER, CAT, DRYRUN.");
    }
  }

  private static byte[] word(byte[][] args, int at) throws KvError {
    if (args.length <= at) {
      throw KvError.of(
          "wrong number of arguments for 'acl|"
              + Arguments.text(args[1]).toLowerCase(Locale.ROOT)
              + "' command");
    }
    return args[at];
  }

  private static void texts(java.util.Collection<String> texts, ReplyWriter out) {
    out.array(texts.size());
    texts.forEach(out::bulk);
  }

  private static void user(Optional<User> found, ReplyWriter out) {
    if (found.isEmpty()) {
      out.nil();
      return;
    }
    User user = found.get();
    out.map(6);
    out.bulk("flags");
    out.set(user.flags().size());
    user.flags().forEach(out::bulk);
    out.bulk("passwords");
    texts(user.passwordHex().map(List::of).orElse(List.of()), out);
    out.bulk("commands");
    out.bulk(user.commandRules());
    out.bulk("keys");
    out.bulk(user.keyRules());
    out.bulk("channels");
    out.bulk(user.channelRules());
    out.bulk("selectors");
    out.array(0);
  }

  private static void cat(byte[][] args, ReplyWriter out) throws KvError {
    if (args.length == 2) {
      texts(CommandTable.get().categories(), out);
      return;
    }
    Set<String> named = CommandTable.get().in(Arguments.text(args[2]).toLowerCase(Locale.ROOT));
    if (named.isEmpty()) {
      throw KvError.of("Unknown category '" + Arguments.text(args[2]) + "'");
    }
    texts(named, out);
  }

  private static void dryRun(Service service, Users users, byte[][] args, ReplyWriter out)
      throws KvError {
    String name = Arguments.text(word(args, 2));
    word(args, 3);
    User user = users.find(name).orElseThrow(() -> KvError.of("User '" + name + "' not found"));
    byte[][] words = Arrays.copyOfRange(args, 3, args.length);
    Command command = service.commands().find(words[0]);
    if (command == null) {
      throw KvError.of("Command '" + Arguments.text(words[0]) + "' not found");
    }
    if (!command.takes(words.length)) {
      throw KvError.of("wrong number of arguments for '" + command.name() + "' command");
    }
    Optional<String> denied = command.denied(user, words);
    byte[] key = user.mayRun(command.name(), words) ? command.deniedKey(user, words) : null;
    if (denied.isEmpty()) {
      out.ok();
    } else if (key != null) {
      out.bulk("This user has no permissions to access the '" + Arguments.text(key) + "' key");
    } else {
      out.bulk(denied.get().replaceFirst("^this", "This"));
    }
  }
}
