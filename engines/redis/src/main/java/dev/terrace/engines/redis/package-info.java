/**
 * Redis and Valkey as a cache that nodes share, {@link dev.terrace.engines.redis.RedisCache}, and
 * as what passes messages between them, {@link dev.terrace.engines.redis.RedisAnnouncements}.
 */
@NullMarked
package dev.terrace.engines.redis;

import org.jspecify.annotations.NullMarked;
