package dev.terrace.sql.cache;

import dev.terrace.sql.server.Settings;
import java.util.Arrays;

/**
 * All that an answer depends on but for the rows of tables: as whom and under which settings it is
 * asked for, and the very bytes that ask for it.
 */
public final class RequestKey {

  /** How an answer is asked for, which decides what it begins with. */
  public enum Form {
    /** A simple query. */
    SIMPLE,
    /** A portal that is described and run. */
    DESCRIBED,
    /** A portal that is run. */
    BARE
  }

  private final String store;
  private final String user;
  private final Settings settings;
  private final Form form;
  private final byte[] request;
  private final int hash;

  /**
   * A key.
   *
   * @param user as whom servers see the session
   * @param request text, types and values of parameters, formats of results; not to be changed
   */
  public RequestKey(String store, String user, Settings settings, Form form, byte[] request) {
    this.store = store;
    this.user = user;
    this.settings = settings;
    this.form = form;
    this.request = request;
    this.hash =
        31 * (31 * Arrays.hashCode(request) + settings.hashCode())
            + 31 * store.hashCode()
            + user.hashCode()
            + form.hashCode();
  }

  Form form() {
    return form;
  }

  String store() {
    return store;
  }

  /** How much memory it takes, about; settings are shared. */
  int bytes() {
    return request.length + 64;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof RequestKey that
            && hash == that.hash
            && form == that.form
            && store.equals(that.store)
            && user.equals(that.user)
            && settings.equals(that.settings)
            && Arrays.equals(request, that.request));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
