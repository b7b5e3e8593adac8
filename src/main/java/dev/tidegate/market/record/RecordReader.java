package dev.tidegate.market.record;

/**
 * Reads a record of the feed topic in whichever form it is: what begins with a brace, after any
 * blanks, is JSON, anything else Protobuf. No Update begins with a brace, which is the tag of a
 * group. A line feed is the tag of its symbol, and might be a blank before a brace too. One reader
 * per thread.
 */
public final class RecordReader {
  private final RecordParser json = new RecordParser();
  private final ProtoRecordParser protobuf = new ProtoRecordParser();

  /** An {@link IllegalArgumentException} says what is wrong with the record. */
  public FeedRecord read(byte[] record) {
    if (!looksLikeJson(record)) {
      return protobuf.parse(record);
    }
    if (record[0] == '\n') {
      try {
        return protobuf.parse(record);
      } catch (IllegalArgumentException none) {
        return json.parse(record);
      }
    }
    return json.parse(record);
  }

  private static boolean looksLikeJson(byte[] record) {
    for (byte b : record) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b == '{';
      }
    }
    return false;
  }
}
