package dev.tidegate.ingress.connection;

import java.time.Duration;

/**
 * What the connections of one event loop may take.
 *
 * @param connections how many there may be at once
 * @param requests how many one may carry in turn
 * @param idle how long one may wait for its next request
 * @param head how long the head of a request may take to arrive
 * @param body how long a body may stand still
 */
public record ConnectionLimits(
    int connections, int requests, Duration idle, Duration head, Duration body) {}
