package dev.terrace.sql.wire;

/** The types of the messages that servers send. */
public final class Backend {

  /** A request for, or the outcome of, authentication. */
  public static final byte AUTHENTICATION = 'R';

  /** The key that cancels this session's work. */
  public static final byte KEY_DATA = 'K';

  /** A setting that the client should know. */
  public static final byte PARAMETER_STATUS = 'S';

  /** The next command may come; carries the state of the transaction. */
  public static final byte READY = 'Z';

  /** The columns of rows that follow. */
  public static final byte ROW_DESCRIPTION = 'T';

  /** One row. */
  public static final byte DATA_ROW = 'D';

  /** A command is complete. */
  public static final byte COMMAND_COMPLETE = 'C';

  /** The command was empty. */
  public static final byte EMPTY_QUERY = 'I';

  /** An error. */
  public static final byte ERROR = 'E';

  /** A notice. */
  public static final byte NOTICE = 'N';

  /** What another session notified of. */
  public static final byte NOTIFICATION = 'A';

  /** Parse is complete. */
  public static final byte PARSE_COMPLETE = '1';

  /** Bind is complete. */
  public static final byte BIND_COMPLETE = '2';

  /** Close is complete. */
  public static final byte CLOSE_COMPLETE = '3';

  /** The types of a statement's parameters. */
  public static final byte PARAMETER_DESCRIPTION = 't';

  /** The statement returns no rows. */
  public static final byte NO_DATA = 'n';

  /** The portal has more rows than were asked for. */
  public static final byte PORTAL_SUSPENDED = 's';

  /** The server awaits COPY data. */
  public static final byte COPY_IN = 'G';

  /** COPY data follow. */
  public static final byte COPY_OUT = 'H';

  /** COPY data go both ways. */
  public static final byte COPY_BOTH = 'W';

  private Backend() {}
}
