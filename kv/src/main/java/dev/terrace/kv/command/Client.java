package dev.terrace.kv.command;

import dev.terrace.kv.acl.User;
import dev.terrace.kv.acl.Users;
import dev.terrace.kv.push.TrackingMode;
import org.jspecify.annotations.Nullable;

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
  private int failedLogins;
  private volatile @Nullable TrackingMode tracking;
  private boolean cachingSaid;
  private volatile Users users;
  private volatile @Nullable User user;

  /** A client that has just connected. */
  public Client(long id, String remote, String local, long nowMillis, Users users) {
    this.id = id;
    this.remote = remote;
    this.local = local;
    this.sinceMillis = nowMillis;
    this.users = users;
    this.user = users.stranger().orElse(null);
  }

  /** Its number, never used twice. */
  public long id() {
    return id;
  }

  String remote() {
    return remote;
  }

  String local() {
    return local;
  }

  /** The name it gave itself, or none. */
  public String name() {
    return name;
  }

  /** One more wrong password; how many in all. */
  int loginFailed() {
    return ++failedLogins;
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

  /** How it wants to be told of changed keys, or null if not at all. */
  public @Nullable TrackingMode tracking() {
    return tracking;
  }

  void tracking(@Nullable TrackingMode mode) {
    tracking = mode;
  }

  void cachingSaid(boolean said) {
    cachingSaid = said;
  }

  /** Whether it keeps what the command that comes now reads; to be asked once for each. */
  public boolean keepsNext() {
    TrackingMode mode = tracking;
    boolean said = cachingSaid;
    cachingSaid = false;
    return mode != null && !mode.broadcast() && (mode.optIn() ? said : !(mode.optOut() && said));
  }

  /** Whether it has logged in, or need not. */
  public boolean authenticated() {
    return user != null;
  }

  /**
   * Who it is by the file as it is now, or null before it has logged in; one whose user is gone
   * from the file or has another password has not.
   */
  public @Nullable User user(Users now) {
    User known = user;
    if (now != users) {
      users = now;
      User again = known == null ? null : now.find(known.name()).orElse(null);
      boolean same =
          again != null
              && known != null
              && again.flags().equals(known.flags())
              && again.passwordHex().equals(known.passwordHex());
      known = same ? again : now.stranger().orElse(null);
      user = known;
    }
    return known;
  }

  /** Who it was when it last did something. */
  @Nullable User user() {
    return user;
  }

  void user(@Nullable User who) {
    user = who;
  }

  /** The user's name, or default. */
  String userName() {
    User known = user;
    return known == null ? User.DEFAULT : known.name();
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
        + " user="
        + userName()
        + " redir=-1 resp="
        + (version3 ? 3 : 2)
        + " lib-name="
        + library
        + " lib-ver="
        + libraryVersion;
  }
}
