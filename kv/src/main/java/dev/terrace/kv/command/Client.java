package dev.terrace.kv.command;

/** What is known of one client; changed on its event loop, read by {@code CLIENT LIST} anywhere. */
public final class Client {

  private final long id;
  private final String remote;
  private final String local;
  private final long sinceMillis;
  private volatile String name = "";
  private volatile String library = "";
  private volatile String libraryVersion = "";
  private volatile String lastCommand = "";
  private volatile boolean version3;
  private volatile boolean authenticated;

  /** A client that has just connected. */
  public Client(long id, String remote, String local, long nowMillis, boolean authenticated) {
    this.id = id;
    this.remote = remote;
    this.local = local;
    this.sinceMillis = nowMillis;
    this.authenticated = authenticated;
  }

  /** Its number, never used twice. */
  public long id() {
    return id;
  }

  /** The name it gave itself, or none. */
  public String name() {
    return name;
  }

  void name(String newName) {
    name = newName;
  }

  void library(String newName) {
    library = newName;
  }

  void libraryVersion(String version) {
    libraryVersion = version;
  }

  /** Notes what it does. */
  public void command(String command) {
    lastCommand = command;
  }

  /** Whether it speaks RESP3. */
  public boolean version3() {
    return version3;
  }

  void version3(boolean on) {
    version3 = on;
  }

  /** Whether it may do more than say who it is. */
  public boolean authenticated() {
    return authenticated;
  }

  void authenticated(boolean is) {
    authenticated = is;
  }

  /** One line as in {@code CLIENT LIST}. */
  String line(long nowMillis) {
    return "id="
        + id
        + " addr="
        + remote
        + " laddr="
        + local
        + " fd=-1 name="
        + name
        + " age="
        + (nowMillis - sinceMillis) / 1000
        + " idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1"
        + " watch=0 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 tot-mem=0 events=r cmd="
        + (lastCommand.isEmpty() ? "NULL" : lastCommand)
        + " user=default redir=-1 resp="
        + (version3 ? 3 : 2)
        + " lib-name="
        + library
        + " lib-ver="
        + libraryVersion;
  }
}
