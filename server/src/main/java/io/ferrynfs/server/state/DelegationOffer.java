package io.ferrynfs.server.state;

/**
 * The terms on which an OPEN may grant a read delegation.
 *
 * @param holder the client
 * @param terms the terms
 */
public record DelegationOffer(DelegationHolder holder, Terms terms) {

  /** The reasons to grant a delegation. */
  public enum Terms {
    /** The server may grant it if no conflict is likely. */
    NEW,
    /** The client reclaims it; earlier conflicts do not count (RFC 8881 section 10.2.1). */
    RECLAIMED,
    /** A client without a backchannel reclaims it, so it is recalled at once. */
    RECLAIMED_AND_RECALLED
  }
}
