/**
 * The commands that a person gives: {@code dev}, {@code run}, {@code check}, {@code replay}, {@code
 * token} and {@code worker}, and what only they need.
 */
@NullMarked
package dev.tidegate.app.command;

import org.jspecify.annotations.NullMarked;
