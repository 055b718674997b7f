package dev.terrace.kv.command;

import dev.terrace.kv.push.Listener;
import java.time.Duration;

/** A client's connection with the server behind it, as commands see them. */
public interface Session extends Listener {

  /** What is known of the client. */
  Client client();

  /** What all connections share. */
  Service service();

  /** Queues commands from now on, as after MULTI, which was answered already. */
  void beginTransaction();

  /** Whether keys of tables are watched. */
  boolean watches();

  /** Forgets the keys that are watched. */
  void unwatch();

  /** Takes no more commands for that long. */
  void pause(Duration time);

  /** Closes the connection once everything up to now is answered. */
  void closeAfterReplies();
}
