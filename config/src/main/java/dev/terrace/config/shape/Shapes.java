package dev.terrace.config.shape;

import dev.terrace.config.DiscoverName;
import dev.terrace.config.FileName;
import dev.terrace.config.LimitBy;
import dev.terrace.config.Percent;
import dev.terrace.config.Rate;
import dev.terrace.config.Secret;
import dev.terrace.config.ShardRule;
import dev.terrace.config.Size;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.TlsConfig.TlsVersion;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.health.StatusRanges;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.core.route.Network;
import dev.terrace.core.route.PathRegex;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The shape of every type that a record of the file may have. */
public final class Shapes {

  private static final Map<Class<?>, Shape> KNOWN =
      Map.ofEntries(
          Map.entry(String.class, Scalars.TEXT),
          Map.entry(Secret.class, Scalars.SECRET),
          Map.entry(int.class, Scalars.INTEGER),
          Map.entry(Integer.class, Scalars.INTEGER),
          Map.entry(boolean.class, Scalars.BOOLEAN),
          Map.entry(Duration.class, Scalars.DURATION),
          Map.entry(Size.class, Scalars.SIZE),
          Map.entry(Address.class, Scalars.ADDRESS),
          Map.entry(Policy.class, Scalars.POLICY),
          Map.entry(Percent.class, Scalars.PERCENT),
          Map.entry(Rate.class, Scalars.RATE),
          Map.entry(DiscoverName.class, Scalars.DISCOVER_NAME),
          Map.entry(FileName.class, Scalars.FILE),
          Map.entry(LimitBy.class, Scalars.LIMIT_BY),
          Map.entry(HashInput.class, Scalars.HASH_INPUT),
          Map.entry(TlsVersion.class, Scalars.TLS_VERSION),
          Map.entry(Network.class, Scalars.NETWORK),
          Map.entry(PathRegex.class, Scalars.REGEX),
          Map.entry(StatusRanges.class, Scalars.STATUSES));

  /** The whole file. */
  public static final RecordShape FILE = RecordShape.of(TerraceConfig.class);

  private Shapes() {}

  static Shape of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return new ListShape(of(arguments[0]));
      }
      if (generic.getRawType() == Optional.class) {
        return new OptionalShape(of(arguments[0]));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new MapShape(of(arguments[1]));
      }
    } else if (type instanceof Class<?> plain) {
      Shape known = KNOWN.get(plain);
      if (known != null) {
        return known;
      }
      if (plain == Member.class) {
        return MemberForm.shape();
      }
      if (plain == ShardRule.class) {
        return PlacementForm.shape();
      }
      if (plain.isEnum()) {
        return Scalars.ofEnum(plain);
      }
      if (plain.isRecord()) {
        return RecordShape.of(plain);
      }
    }
    throw new IllegalStateException("the file has no way to write a " + type);
  }
}
