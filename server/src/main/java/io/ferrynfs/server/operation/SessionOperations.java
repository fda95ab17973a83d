package io.ferrynfs.server.operation;

import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import java.util.function.Function;

/** The operations on filehandles, clients, sessions and stateids. */
final class SessionOperations {
  private SessionOperations() {}

  /** Adds them all. SEQUENCE is not among them: the dispatcher begins a COMPOUND with it. */
  static void addTo(OperationTable.Builder table) {
    addFilehandles(table);
    addSessions(table);
  }

  private static void addFilehandles(OperationTable.Builder table) {
    table
        .add(
            NfsOpnum4.OP_PUTFH,
            NfsArgop4.Putfh.class,
            NfsArgop4.Putfh::args,
            new Putfh(),
            NfsResop4.Putfh::new)
        .add(
            NfsOpnum4.OP_PUTROOTFH,
            NfsArgop4.Putrootfh.class,
            Function.identity(),
            new Putrootfh(),
            NfsResop4.Putrootfh::new)
        .add(
            NfsOpnum4.OP_PUTPUBFH,
            NfsArgop4.Putpubfh.class,
            Function.identity(),
            new Putpubfh(),
            NfsResop4.Putpubfh::new)
        .add(
            NfsOpnum4.OP_GETFH,
            NfsArgop4.Getfh.class,
            Function.identity(),
            new Getfh(),
            NfsResop4.Getfh::new)
        .add(
            NfsOpnum4.OP_SAVEFH,
            NfsArgop4.Savefh.class,
            Function.identity(),
            new Savefh(),
            NfsResop4.Savefh::new)
        .add(
            NfsOpnum4.OP_RESTOREFH,
            NfsArgop4.Restorefh.class,
            Function.identity(),
            new Restorefh(),
            NfsResop4.Restorefh::new)
        .add(
            NfsOpnum4.OP_SECINFO,
            NfsArgop4.Secinfo.class,
            NfsArgop4.Secinfo::args,
            new Secinfo(),
            NfsResop4.Secinfo::new)
        .add(
            NfsOpnum4.OP_SECINFO_NO_NAME,
            NfsArgop4.SecinfoNoName.class,
            NfsArgop4.SecinfoNoName::args,
            new SecinfoNoName(),
            NfsResop4.SecinfoNoName::new);
  }

  private static void addSessions(OperationTable.Builder table) {
    table
        .add(
            NfsOpnum4.OP_EXCHANGE_ID,
            NfsArgop4.ExchangeId.class,
            NfsArgop4.ExchangeId::args,
            new ExchangeId(),
            NfsResop4.ExchangeId::new)
        .add(
            NfsOpnum4.OP_CREATE_SESSION,
            NfsArgop4.CreateSession.class,
            NfsArgop4.CreateSession::args,
            new CreateSession(),
            NfsResop4.CreateSession::new)
        .add(
            NfsOpnum4.OP_BIND_CONN_TO_SESSION,
            NfsArgop4.BindConnToSession.class,
            NfsArgop4.BindConnToSession::args,
            new BindConnToSession(),
            NfsResop4.BindConnToSession::new)
        .add(
            NfsOpnum4.OP_DESTROY_SESSION,
            NfsArgop4.DestroySession.class,
            NfsArgop4.DestroySession::args,
            new DestroySession(),
            NfsResop4.DestroySession::new)
        .add(
            NfsOpnum4.OP_DESTROY_CLIENTID,
            NfsArgop4.DestroyClientid.class,
            NfsArgop4.DestroyClientid::args,
            new DestroyClientid(),
            NfsResop4.DestroyClientid::new)
        .add(
            NfsOpnum4.OP_BACKCHANNEL_CTL,
            NfsArgop4.BackchannelCtl.class,
            NfsArgop4.BackchannelCtl::args,
            new BackchannelCtl(),
            NfsResop4.BackchannelCtl::new)
        .add(
            NfsOpnum4.OP_RECLAIM_COMPLETE,
            NfsArgop4.ReclaimComplete.class,
            NfsArgop4.ReclaimComplete::args,
            new ReclaimComplete(),
            NfsResop4.ReclaimComplete::new)
        .add(
            NfsOpnum4.OP_TEST_STATEID,
            NfsArgop4.TestStateid.class,
            NfsArgop4.TestStateid::args,
            new TestStateid(),
            NfsResop4.TestStateid::new)
        .add(
            NfsOpnum4.OP_FREE_STATEID,
            NfsArgop4.FreeStateid.class,
            NfsArgop4.FreeStateid::args,
            new FreeStateid(),
            NfsResop4.FreeStateid::new)
        .add(
            NfsOpnum4.OP_SET_SSV,
            NfsArgop4.SetSsv.class,
            NfsArgop4.SetSsv::args,
            new SetSsv(),
            NfsResop4.SetSsv::new);
  }
}
