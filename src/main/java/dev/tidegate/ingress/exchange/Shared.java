package dev.tidegate.ingress.exchange;

import dev.tidegate.loop.Loop;

/** What the exchanges of one event loop have in common. */
record Shared(
    HeadReader head, Steps steps, OpenStreams streams, Faults faults, long maxBody, Loop loop) {}
