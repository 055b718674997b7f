package dev.terrace.http.http3;

import dev.terrace.core.signal.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens that make a client prove that it receives what is sent to its address (RFC 9000, section
 * 8.1.2), at the price of a round trip: only while many handshakes are under way. They are sealed
 * with a key of this process and good for one address and a few seconds; nothing is stored.
 */
final class RetryTokens implements QuicTokenHandler {

  private static final int SEAL = 16;
  private static final int HEAD = SEAL + Long.BYTES;
  private static final int ID_MAX = 20;
  private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SecretKeySpec key;
  private final BooleanSupplier asked;
  private final Counter sent;

  /** Asks for tokens while that is true, and counts how often. */
  RetryTokens(BooleanSupplier asked, Counter sent) {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    key = new SecretKeySpec(secret, "HmacSHA256");
    this.asked = asked;
    this.sent = sent;
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf connectionId, InetSocketAddress client) {
    if (!asked.getAsBoolean()) {
      return false;
    }
    sent.increment();
    byte[] id = ByteBufUtil.getBytes(connectionId);
    long now = System.nanoTime();
    out.writeBytes(seal(now, id, client)).writeLong(now).writeBytes(id);
    return true;
  }

  /**
   * Where the connection's first identifier is in the token, or -1 for a token that is not good.
   */
  @Override
  public int validateToken(ByteBuf token, InetSocketAddress client) {
    int length = token.readableBytes();
    if (length <= HEAD || length > HEAD + ID_MAX) {
      return -1;
    }
    byte[] bytes = ByteBufUtil.getBytes(token);
    long made = token.getLong(token.readerIndex() + SEAL);
    byte[] id = Arrays.copyOfRange(bytes, HEAD, length);
    boolean genuine = MessageDigest.isEqual(seal(made, id, client), Arrays.copyOf(bytes, SEAL));
    return genuine && System.nanoTime() - made < GOOD_NANOS ? HEAD : -1;
  }

  @Override
  public int maxTokenLength() {
    return HEAD + ID_MAX;
  }

  private byte[] seal(long made, byte[] id, InetSocketAddress client) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      for (int shift = Long.SIZE - 8; shift >= 0; shift -= 8) {
        mac.update((byte) (made >>> shift));
      }
      mac.update((byte) (client.getPort() >>> 8));
      mac.update((byte) client.getPort());
      mac.update((byte) id.length);
      mac.update(id);
      return Arrays.copyOf(mac.doFinal(client.getAddress().getAddress()), SEAL);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
