/**
 * One request and its answer: how a head is read and a body is taken, how policies follow on one
 * another, how an answer leaves.
 */
@NullMarked
package dev.tidegate.ingress.exchange;

import org.jspecify.annotations.NullMarked;
