package ferry.server.session;

/** All client records and sessions of this server. */
public final class Clients {}
