package dev.tidegate.stream.encode;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a session's frames are written: what it negotiated as the WebSocket sub-protocol. */
public enum Codec {
  JSON("tidegate.v1.json", Frames.TEXT, new JsonMessages(), JsonForm::new),
  PROTO("tidegate.v1.proto", Frames.BINARY, new ProtoMessages(), ProtoForm::new);

  public final String protocol;
  public final int opcode;

  @SuppressWarnings("ImmutableEnumChecker") // all are stateless
  public final Messages messages;

  /** Makes what replies are written on. */
  @SuppressWarnings("ImmutableEnumChecker") // a constructor
  final Supplier<Form> form;

  Codec(String protocol, int opcode, Messages messages, Supplier<Form> form) {
    this.protocol = protocol;
    this.opcode = opcode;
    this.messages = messages;
    this.form = form;
  }

  /** Whether clients may send such frames; in text everybody may ask. */
  public boolean reads(int frame) {
    return frame == Frames.TEXT || frame == opcode;
  }

  /**
   * The first of the client's offers that we speak; null when there is none, which the answer says
   * by naming no protocol (RFC 6455 section 4.2.2).
   */
  public static @Nullable Codec agreed(List<String> offers) {
    for (String header : offers) {
      for (String offer : header.split(",")) {
        for (Codec codec : values()) {
          if (codec.protocol.equals(offer.trim())) {
            return codec;
          }
        }
      }
    }
    return null;
  }
}
