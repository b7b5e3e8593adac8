package dev.tidegate.stream.encode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Statement} is written on. Every field has the name that it has in JSON and the
 * number that it has in {@code tidegate/v1/stream.proto}; a form uses the one or the other. A form
 * is one buffer, used again for every reply.
 */
public abstract class Form {
  final Text out = new Text(4096);

  /** Forgets the last reply. */
  final Form begin() {
    out.reset();
    return this;
  }

  /** The reply that was written. */
  abstract Text end();

  /** Begins a reply or a notice, with the id of what it answers. */
  public abstract Form op(int number, String name, @Nullable JsonNode id);

  public abstract Form text(int number, String name, String value);

  public abstract Form number(int number, String name, long value);

  public abstract Form bool(int number, String name, boolean value);

  /** Sixty-four bits, in JSON as sixteen hexadecimal digits. */
  public abstract Form bits(int number, String name, long value);

  public abstract Form list(String name);

  /** Begins an object of the list. */
  public abstract Form item(int number);

  public abstract Form endItem();

  public abstract Form endList();

  /** A field that is the whole record of a request. */
  public abstract Form record(int number, String name, Stored record);

  /** Messages of a private channel, in place of an op. */
  public abstract void transitions(List<Transition> transitions);
}
