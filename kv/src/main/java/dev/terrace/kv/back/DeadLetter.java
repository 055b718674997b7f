package dev.terrace.kv.back;

/**
 * A write that was acknowledged and that the store refuses.
 *
 * @param position of the write in the journal
 * @param atMillis when it was put aside
 * @param reason what the store said
 * @param record the write
 */
record DeadLetter(long position, long atMillis, String reason, LogRecord record) {

  /** The key as clients name it. */
  String key() {
    return record.collection() + ":" + record.key();
  }
}
