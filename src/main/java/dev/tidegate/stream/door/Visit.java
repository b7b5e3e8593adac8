package dev.tidegate.stream.door;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.session.Protocol;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.socket.Receiver;

/** Brings to its session what comes over a connection, and counts it out when it is gone. */
final class Visit implements Receiver {
  private final Admission.Guest guest;
  private final Session session;
  private final Sessions sessions;
  private final Protocol protocol;
  private final Admission admission;

  Visit(
      Admission.Guest guest,
      Session session,
      Sessions sessions,
      Protocol protocol,
      Admission admission) {
    this.guest = guest;
    this.session = session;
    this.sessions = sessions;
    this.protocol = protocol;
    this.admission = admission;
  }

  @Override
  public void message(int opcode, byte[] bytes, int length) {
    if (session.dialect.codec().reads(opcode)) {
      protocol.message(session, opcode, bytes, length);
    } else {
      session.close(
          CloseCode.UNSUPPORTED_DATA, "binary frames are not spoken without the sub-protocol");
    }
  }

  @Override
  public void drained() {
    session.drained();
  }

  @Override
  public void ended() {
    if (sessions.ended(session)) {
      admission.left(guest, session);
      protocol.ended(session);
    }
  }
}
