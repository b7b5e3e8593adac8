package dev.tidegate.stream.encode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reply in Protobuf: a Frame with the field of that reply. */
public final class ProtoForm extends Form {
  private static final int NUMBER_ID = 2;
  private static final int TEXT_ID = 3;
  private static final int NONE = -1;

  private int op = NONE;
  private int item;

  @Override
  Text end() {
    if (op != NONE) {
      Proto.close(out, op);
      op = NONE;
    }
    return out;
  }

  @Override
  public Form op(int number, String name, @Nullable JsonNode id) {
    if (id != null && id.canConvertToLong() && !id.isTextual()) {
      Proto.number(out, NUMBER_ID, id.longValue());
    } else if (id != null) {
      Proto.text(out, TEXT_ID, id.asText());
    }
    op = Proto.open(out, number);
    return this;
  }

  @Override
  public Form text(int number, String name, String value) {
    Proto.text(out, number, value);
    return this;
  }

  @Override
  public Form number(int number, String name, long value) {
    Proto.number(out, number, value);
    return this;
  }

  @Override
  public Form bool(int number, String name, boolean value) {
    Proto.bool(out, number, value);
    return this;
  }

  @Override
  public Form bits(int number, String name, long value) {
    Proto.fixed64(out, number, value);
    return this;
  }

  @Override
  public Form list(String name) {
    return this;
  }

  @Override
  public Form item(int number) {
    item = Proto.open(out, number);
    return this;
  }

  @Override
  public Form endItem() {
    Proto.close(out, item);
    return this;
  }

  @Override
  public Form endList() {
    return this;
  }

  @Override
  public Form record(int number, String name, Stored record) {
    int opened = Proto.open(out, number);
    ProtoMessages.record(record, out);
    Proto.close(out, opened);
    return this;
  }

  @Override
  public void transitions(List<Transition> transitions) {
    for (Transition transition : transitions) {
      ProtoMessages.transition(transition, out);
    }
  }
}
