package io.ferrynfs.server.state;

/**
 * That an OPEN may come with a read delegation.
 *
 * @param holder reaches the client
 * @param terms on which
 */
public record DelegationOffer(DelegationHolder holder, Terms terms) {

  /** How a delegation comes about. */
  public enum Terms {
    /** As a favour, where nothing speaks against it. */
    NEW,
    /** It is reclaimed: recent conflicts were before the restart (RFC 8881 section 10.2.1). */
    RECLAIMED,
    /** Reclaimed by a client that cannot be called: it has to give it back at once. */
    RECLAIMED_AND_RECALLED
  }
}
