package dev.tidegate.ingress.exchange;

import dev.tidegate.loop.Loop;
import dev.tidegate.net.HttpDate;

/** What the exchanges of one event loop have in common. */
record Shared(
    HeadReader head, Steps steps, OpenStreams streams, HttpDate date, long maxBody, Loop loop) {}
