package dev.terrace.dns;

import java.time.Duration;

/** What all handlers answer by until the next reload. */
record Served(Zones zones, Duration tcpIdleTimeout) {}
