package dev.terrace.sql.plan;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The values that a Bind message gives to $1, $2, ...; read only where a statement's key needs
 * them.
 */
public interface Parameters {

  /** No parameters at all, as in a simple query. */
  Parameters NONE =
      new Parameters() {
        @Override
        public int count() {
          return 0;
        }

        @Override
        public Parameter get(int number) {
          throw new IndexOutOfBoundsException("there is no parameter $" + number);
        }
      };

  /** How many there are. */
  int count();

  /** Parameter {@code $number}, counted from 1. */
  Parameter get(int number);

  /**
   * One bound value.
   *
   * @param typeOid the type that Parse declared for it, 0 if it left that to the server
   * @param binary whether the value is in binary format
   * @param value the bytes from position to limit, null for NULL; not kept, and not moved
   */
  record Parameter(int typeOid, boolean binary, @Nullable ByteBuffer value) {}
}
