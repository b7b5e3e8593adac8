/**
 * The one idiom of configuration. A section of the file is a record; each capability owns its own.
 *
 * <ul>
 *   <li>What may be left out says its value with {@link dev.tidegate.config.Default}, in the words
 *       of the file: {@code @Default("30s") Duration drain}. That is the only place of a default,
 *       and {@code docs/configuration.md} is tested against it. Components are primitive where they
 *       can be, and no accessor is written by hand.
 *   <li>What may be missing for good is {@code @Nullable}. A default that follows from something
 *       else is set in the compact constructor, which gets null for what is not there.
 *   <li>The compact constructor checks, with {@link dev.tidegate.config.Check}: a record that
 *       exists is valid. Names in messages are relative to the record; the reader of the file puts
 *       the path in front.
 *   <li>Units live in the type ({@code Duration}) or in the name ({@code bodyBytes}). Secrets hide
 *       themselves in {@code toString}.
 *   <li>Code that needs a record reads it as the file does: {@code Settings.of(StreamConfig.class,
 *       "{port: 0, ping: 1s}")}. Constructors with a dozen arguments are called by nobody.
 * </ul>
 */
@NullMarked
package dev.tidegate.config;

import org.jspecify.annotations.NullMarked;
