package dev.terrace.sql.gather;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The array types of PostgreSQL's own types, by their numbers. */
public final class ArrayTypes {

  /** The first number of a type that is not PostgreSQL's own, and may differ between servers. */
  public static final int FIRST_OF_USERS = 16384;

  private static final Map<Integer, Integer> ARRAYS =
      read(
          """
          16 1000 17 1001 18 1002 19 1003 20 1016 21 1005 23 1007 25 1009 26 1028
          114 199 142 143 600 1017 601 1018 602 1019 603 1020 604 1027 628 629 650 651 700 1021 701 1022 718 719
          774 775 790 791 829 1040 869 1041 1042 1014 1043 1015 1082 1182 1083 1183 1114 1115 1184 1185 1186 1187
          1266 1270 1560 1561 1562 1563 1700 1231 2950 2951 3220 3221 3614 3643 3615 3645
          3802 3807 3904 3905 3906 3907 3908 3909 3910 3911 3912 3913 3926 3927
          """);

  private ArrayTypes() {}

  /** The array type of a type, if it is known without asking a server. */
  public static Optional<Integer> of(int typeOid) {
    return Optional.ofNullable(ARRAYS.get(typeOid));
  }

  private static Map<Integer, Integer> read(String table) {
    Map<Integer, Integer> arrays = new HashMap<>();
    String[] numbers = table.strip().split("\\s+", -1);
    for (int i = 0; i < numbers.length; i += 2) {
      arrays.put(Integer.valueOf(numbers[i]), Integer.valueOf(numbers[i + 1]));
    }
    return Map.copyOf(arrays);
  }
}
