package dev.terrace.shop;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of a program: {@code --port 9001} on the command line or {@code SHOP_PORT} in the
 * environment.
 */
record Options(Map<String, String> values) {

  /** Wrong use of the command line; the message is for the user. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  /** Reads the command line, then the environment, then the defaults. */
  static Options parse(Map<String, String> defaults, Map<String, String> env, String... arguments)
      throws Wrong {
    Map<String, String> values = new TreeMap<>(defaults);
    defaults.forEach((name, value) ->
        values.put(name, env.getOrDefault("SHOP_" + name.toUpperCase(Locale.ROOT), value)));
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : arguments[i];
      if (!defaults.containsKey(name)) {
        throw new Wrong(
            arguments[i] + " is unknown; there are --" + String.join(", --", values.keySet()));
      }
      if (i + 1 == arguments.length) {
        throw new Wrong("--" + name + " needs a value");
      }
      values.put(name, arguments[i + 1]);
    }
    return new Options(values);
  }

  String text(String name) {
    return values.getOrDefault(name, "");
  }

  int number(String name, int least, int most) throws Wrong {
    try {
      int number = Integer.parseInt(text(name));
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new Wrong(
        "--" + name + " is a number from " + least + " to " + most + ", not " + text(name));
  }

  /** A host and a port. */
  record Endpoint(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  Endpoint endpoint(String name) throws Wrong {
    String text = text(name);
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port > 0 && port < 65536) {
        return new Endpoint(text.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new Wrong("--" + name + " is host:port, as in 127.0.0.1:6432, not " + text);
  }
}
