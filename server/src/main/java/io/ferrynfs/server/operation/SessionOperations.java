package io.ferrynfs.server.operation;

import io.ferrynfs.wire.nfs4.NfsOpnum4Binding;

/** The operations on filehandles, clients, sessions and stateids. */
final class SessionOperations {
  private SessionOperations() {}

  /**
   * Adds all of these operations. SEQUENCE is not one of them because the dispatcher executes it.
   */
  static void addTo(OperationTable.Builder table) {
    addFilehandles(table);
    addSessions(table);
  }

  private static void addFilehandles(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.PUTFH, new Putfh())
        .add(NfsOpnum4Binding.PUTROOTFH, new Putrootfh())
        .add(NfsOpnum4Binding.PUTPUBFH, new Putpubfh())
        .add(NfsOpnum4Binding.GETFH, new Getfh())
        .add(NfsOpnum4Binding.SAVEFH, new Savefh())
        .add(NfsOpnum4Binding.RESTOREFH, new Restorefh())
        .add(NfsOpnum4Binding.SECINFO, new Secinfo())
        .add(NfsOpnum4Binding.SECINFO_NO_NAME, new SecinfoNoName());
  }

  private static void addSessions(OperationTable.Builder table) {
    table
        .add(NfsOpnum4Binding.EXCHANGE_ID, new ExchangeId())
        .add(NfsOpnum4Binding.CREATE_SESSION, new CreateSession())
        .add(NfsOpnum4Binding.BIND_CONN_TO_SESSION, new BindConnToSession())
        .add(NfsOpnum4Binding.DESTROY_SESSION, new DestroySession())
        .add(NfsOpnum4Binding.DESTROY_CLIENTID, new DestroyClientid())
        .add(NfsOpnum4Binding.BACKCHANNEL_CTL, new BackchannelCtl())
        .add(NfsOpnum4Binding.RECLAIM_COMPLETE, new ReclaimComplete())
        .add(NfsOpnum4Binding.TEST_STATEID, new TestStateid())
        .add(NfsOpnum4Binding.FREE_STATEID, new FreeStateid())
        .add(NfsOpnum4Binding.SET_SSV, new SetSsv());
  }
}
