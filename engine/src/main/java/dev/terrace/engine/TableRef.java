package dev.terrace.engine;

/**
 * A table and the column that tells its rows apart.
 *
 * @param table its name, perhaps with a schema: {@code shop.products}
 * @param keyColumn a column with a unique index
 */
public record TableRef(String table, String keyColumn) {}
