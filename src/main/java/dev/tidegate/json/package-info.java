/**
 * JSON that is written by hand, from front to back and without a tree: {@link
 * dev.tidegate.json.JsonWriter} for documents, {@link dev.tidegate.json.JsonString} for the one
 * rule of how text is quoted, {@link dev.tidegate.json.JsonBody} for what callers send. Parsing
 * itself is left to Jackson.
 */
@NullMarked
package dev.tidegate.json;

import org.jspecify.annotations.NullMarked;
