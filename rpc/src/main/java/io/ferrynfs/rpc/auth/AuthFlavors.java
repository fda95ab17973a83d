package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.rpc.Rpc;
import java.util.HashMap;
import java.util.Map;

/** The flavors by which the calls of a peer may be authenticated. Immutable. */
public final class AuthFlavors {

  /** AUTH_NONE and AUTH_SYS. */
  public static final AuthFlavors STANDARD =
      new AuthFlavors(Map.of())
          .with((int) Rpc.AUTH_NONE, connection -> new NoneAuthenticator())
          .with((int) Rpc.AUTH_SYS, connection -> new SysAuthenticator());

  private final Map<Integer, Authenticator.Factory> factories;

  private AuthFlavors(Map<Integer, Authenticator.Factory> factories) {
    this.factories = Map.copyOf(factories);
  }

  /**
   * Returns these flavors and another.
   *
   * @param flavor its number, which takes the place of an earlier one
   * @param factory makes its authenticators
   */
  public AuthFlavors with(int flavor, Authenticator.Factory factory) {
    Map<Integer, Authenticator.Factory> more = new HashMap<>(factories);
    more.put(flavor, factory);
    return new AuthFlavors(more);
  }

  /** Returns the authenticators of a new connection by their flavors. */
  public Map<Integer, Authenticator> authenticators(AuthConnection connection) {
    Map<Integer, Authenticator> made = new HashMap<>();
    factories.forEach((flavor, factory) -> made.put(flavor, factory.create(connection)));
    return made;
  }
}
