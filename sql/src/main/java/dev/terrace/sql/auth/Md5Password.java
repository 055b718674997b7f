package dev.terrace.sql.auth;

import dev.terrace.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A password as PostgreSQL's md5 method keeps it: whoever has this can log in by md5, so it is a
 * secret itself.
 *
 * @param hash 32 hexadecimal digits
 */
public record Md5Password(Secret hash) {

  private static final String PREFIX = "md5";
  private static final Pattern STORED = Pattern.compile("md5[0-9a-f]{32}");

  /** Whether that is what pg_authid keeps of a password by md5. */
  public static boolean isStored(String text) {
    return STORED.matcher(text).matches();
  }

  /** Takes what pg_authid keeps. */
  public static Md5Password stored(String text) {
    return new Md5Password(new Secret(text.substring(PREFIX.length())));
  }

  /** For a password in clear text. */
  public static Md5Password of(String password, String user) {
    return new Md5Password(new Secret(md5((password + user).getBytes(StandardCharsets.UTF_8))));
  }

  /** What the client must answer to a server's salt. */
  public String answer(byte[] salt) {
    byte[] text = hash.value().getBytes(StandardCharsets.US_ASCII);
    byte[] salted = new byte[text.length + salt.length];
    System.arraycopy(text, 0, salted, 0, text.length);
    System.arraycopy(salt, 0, salted, text.length, salt.length);
    return PREFIX + md5(salted);
  }

  /** Whether a client has answered right; takes the same time for every wrong answer. */
  public boolean proves(String answer, byte[] salt) {
    return MessageDigest.isEqual(
        answer(salt).getBytes(StandardCharsets.US_ASCII), answer.getBytes(StandardCharsets.UTF_8));
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks MD5", e);
    }
  }
}
