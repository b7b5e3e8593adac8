/**
 * The gateway's own endpoints: asynchronous requests and their records, market data, and the pages
 * of problems.
 */
@NullMarked
package dev.tidegate.rest;

import org.jspecify.annotations.NullMarked;
