/**
 * JSON documents as RedisJSON's commands speak of them: {@link dev.terrace.kv.json.JsonPath} finds
 * places in a document, {@link dev.terrace.kv.json.JsonText} reads and prints documents.
 */
@NullMarked
package dev.terrace.kv.json;

import org.jspecify.annotations.NullMarked;
