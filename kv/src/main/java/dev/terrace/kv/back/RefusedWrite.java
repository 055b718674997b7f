package dev.terrace.kv.back;

/**
 * A write that was acknowledged and that its store refuses.
 *
 * @param key as clients name it
 * @param position in the journal
 * @param atMillis when it was put aside
 * @param change what it was to do
 * @param reason what the store said
 */
public record RefusedWrite(
    String collection, String key, long position, long atMillis, String change, String reason) {}
