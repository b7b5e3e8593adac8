package dev.tidegate.ingress.connection;

import dev.tidegate.net.HttpDate;
import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** A whole answer in bytes, for when there is no request yet that could be answered otherwise. */
final class RawRefusal {
  private RawRefusal() {}

  static ByteBuf tooSlow(String id) {
    Problem problem = Problem.REQUEST_TIMEOUT;
    Buffer body =
        ProblemDocument.render(problem, "the head of the request arrived too slowly", id, null);
    String head =
        "HTTP/1.1 408 Request Timeout\r\ncontent-type: "
            + ProblemDocument.CONTENT_TYPE
            + "\r\n"
            + RequestIds.HEADER
            + ": "
            + id
            + "\r\ndate: "
            + HttpDate.ofSystem()
            + "\r\nconnection: close\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n";
    return Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), body.getBytes());
  }
}
