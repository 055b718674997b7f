/**
 * The HTTP load balancer beside nginx and HAProxy; {@link dev.terrace.bench.http.HttpBench} runs
 * them all, {@code bench/http.sh} starts it.
 */
@NullMarked
package dev.terrace.bench.http;

import org.jspecify.annotations.NullMarked;
