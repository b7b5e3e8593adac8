package dev.tidegate.market.record;

import com.google.protobuf.CodedInputStream;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The fields of a Book of {@code tidegate/v1/stream.proto}; its exponents may come last. */
public final class ProtoLevels {
  private static final Decimal ZERO = Decimal.of("0");
  private static final int USUAL = Integer.MIN_VALUE;

  private final List<Fields> bids = new ArrayList<>();
  private final List<Fields> asks = new ArrayList<>();
  private int priceExponent;
  private int sizeExponent;
  private int part;
  private int parts;

  private static final class Fields {
    long price;
    long size;
    int priceExponent = USUAL;
    int sizeExponent = USUAL;
    String priceText = "";
    String sizeText = "";

    boolean take(int tag, CodedInputStream in) throws IOException {
      if (tag == ProtoRecordParser.varint(1)) {
        price = in.readSInt64();
      } else if (tag == ProtoRecordParser.varint(2)) {
        size = in.readSInt64();
      } else if (tag == ProtoRecordParser.varint(3)) {
        priceExponent = in.readSInt32();
      } else if (tag == ProtoRecordParser.varint(4)) {
        sizeExponent = in.readSInt32();
      } else if (tag == ProtoRecordParser.delimited(5)) {
        priceText = in.readStringRequireUtf8();
      } else if (tag == ProtoRecordParser.delimited(6)) {
        sizeText = in.readStringRequireUtf8();
      } else {
        return false;
      }
      return true;
    }
  }

  boolean take(int tag, CodedInputStream in) throws IOException {
    if (tag == ProtoRecordParser.varint(2)) {
      priceExponent = in.readSInt32();
    } else if (tag == ProtoRecordParser.varint(3)) {
      sizeExponent = in.readSInt32();
    } else if (tag == ProtoRecordParser.varint(6)) {
      part = in.readUInt32();
    } else if (tag == ProtoRecordParser.varint(7)) {
      parts = in.readUInt32();
    } else if (tag == ProtoRecordParser.delimited(4)) {
      level(bids, in);
    } else if (tag == ProtoRecordParser.delimited(5)) {
      level(asks, in);
    } else {
      return false;
    }
    return true;
  }

  private static void level(List<Fields> side, CodedInputStream in) throws IOException {
    if (side.size() == Limits.LEVELS) {
      throw Limits.bad("levels", "more", "at most " + Limits.LEVELS);
    }
    Fields level = new Fields();
    ProtoRecordParser.nested(in, level::take);
    side.add(level);
  }

  Part part(Event book) {
    return part == 0 && parts == 0 ? Part.ALL : Limits.part(book, part, parts);
  }

  List<Level> bids() {
    return levels(bids);
  }

  List<Level> asks() {
    return levels(asks);
  }

  private List<Level> levels(List<Fields> side) {
    List<Level> levels = new ArrayList<>(side.size());
    for (Fields f : side) {
      int price = f.priceExponent == USUAL ? priceExponent : f.priceExponent;
      int size = f.sizeExponent == USUAL ? sizeExponent : f.sizeExponent;
      boolean gone = f.size == 0 && f.sizeText.isEmpty();
      levels.add(
          new Level(
              ProtoRecordParser.decimal(f.price, price, f.priceText),
              gone
                  ? ZERO
                  : ProtoRecordParser.size(
                      "size", ProtoRecordParser.decimal(f.size, size, f.sizeText))));
    }
    return levels;
  }
}
