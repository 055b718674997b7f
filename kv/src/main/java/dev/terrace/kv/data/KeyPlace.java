package dev.terrace.kv.data;

/** A key with the collection that it is of. */
public record KeyPlace(Collection collection, EntryKey key) {}
