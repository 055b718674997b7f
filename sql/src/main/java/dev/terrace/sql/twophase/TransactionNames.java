package dev.terrace.sql.twophase;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Makes names that no other transaction has, of this process or another. */
public final class TransactionNames {

  private final String process = Long.toString(new SecureRandom().nextLong() >>> 1, 36);
  private final AtomicLong next = new AtomicLong();

  /** A name for a transaction whose decision that shard will keep. */
  public TransactionName next(int deciding) {
    return new TransactionName(process + "_" + Long.toString(next.getAndIncrement(), 36), deciding);
  }
}
