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
 * @param send how long an answer may wait for the caller to take some of it
 * @param unsent bytes of answers that may wait; beyond them nothing more is read
 */
public record ConnectionLimits(
    int connections,
    int requests,
    Duration idle,
    Duration head,
    Duration body,
    Duration send,
    int unsent) {}
