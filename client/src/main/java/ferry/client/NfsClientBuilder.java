package ferry.client;

import java.time.Duration;
import java.util.List;

/** Settings of a client. Each has a default that suits a local network. */
public final class NfsClientBuilder {

  int uid = -1;
  int gid = -1;
  List<Integer> gids = List.of();
  int minorVersion = 2;
  int readBytesMax = 1 << 20;
  int writeBytesMax = 1 << 20;
  int window = 8;
  int slots = 64;
  Duration connectTimeout = Duration.ofSeconds(5);
  Duration progressTimeout = Duration.ofSeconds(60);
  String ownerName = "";

  NfsClientBuilder() {}

  /** The numeric user and groups of AUTH_SYS; by default those of this process. */
  public NfsClientBuilder user(int userId, int groupId, List<Integer> groupIds) {
    this.uid = userId;
    this.gid = groupId;
    this.gids = List.copyOf(groupIds);
    return this;
  }

  /** 2 (default) or 1; a server that has only 1 is found by itself. */
  public NfsClientBuilder minorVersion(int minor) {
    this.minorVersion = minor;
    return this;
  }

  /** The bytes one READ asks for at most; the server may allow less. Default 1 MiB. */
  public NfsClientBuilder readBytesMax(int bytes) {
    this.readBytesMax = bytes;
    return this;
  }

  /** The bytes one WRITE carries at most; the server may allow less. Default 1 MiB. */
  public NfsClientBuilder writeBytesMax(int bytes) {
    this.writeBytesMax = bytes;
    return this;
  }

  /** READs or WRITEs in flight per stream, default 8. */
  public NfsClientBuilder window(int calls) {
    this.window = calls;
    return this;
  }

  /** Calls outstanding in the session at most, default 64; the server may allow less. */
  public NfsClientBuilder slots(int count) {
    this.slots = count;
    return this;
  }

  /** For one attempt to connect, default 5 s. */
  public NfsClientBuilder connectTimeout(Duration timeout) {
    this.connectTimeout = timeout;
    return this;
  }

  /** How long a call may wait without any answer before it fails, default 60 s. */
  public NfsClientBuilder progressTimeout(Duration timeout) {
    this.progressTimeout = timeout;
    return this;
  }

  /**
   * co_ownerid: a name under which a later incarnation of this client is known to the server, so that
   * state of the earlier one is dropped at once. Default: random, never met again.
   */
  public NfsClientBuilder ownerName(String name) {
    this.ownerName = name;
    return this;
  }

  /**
   * Connects and makes a session.
   *
   * @throws NfsException saying what to do when there is no server, or none that speaks 4.1 or 4.2
   */
  public NfsClient connect(String host, int port) throws NfsException {
    throw new NfsException(NfsException.Reason.UNSUPPORTED, 0, "not built yet: " + host + ":" + port);
  }
}
