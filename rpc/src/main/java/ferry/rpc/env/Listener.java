package ferry.rpc.env;

import java.net.InetSocketAddress;

/** A listening port. */
public interface Listener extends AutoCloseable {

  /** The address with the actual port. */
  InetSocketAddress localAddress();

  /** Stops listening. Connections already accepted go on. */
  @Override
  void close();
}
