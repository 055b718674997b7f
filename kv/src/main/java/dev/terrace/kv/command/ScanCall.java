package dev.terrace.kv.command;

import dev.terrace.kv.data.DataTier;

/**
 * A walk through keys.
 *
 * @param args the command's words
 * @param data what is served
 * @param nowMillis the wall clock
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record ScanCall(byte[][] args, Service service, DataTier.View data, long nowMillis) {}
