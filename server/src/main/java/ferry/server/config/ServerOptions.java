package ferry.server.config;

/**
 * What the administrator chose.
 *
 * @param copyRules how strictly COPY treats ranges beyond the end of the file and one file twice,
 *     and how it tells what is wrong with another server
 * @param copySources from which other servers files are copied
 */
public record ServerOptions(CopyRules copyRules, CopySources copySources) {

  /** With sources in this machine's own networks. */
  public ServerOptions(CopyRules copyRules) {
    this(copyRules, CopySources.ofOwnNetworks());
  }

  /** The switch of protocol/copy-conformance.md section 18. */
  public enum CopyRules {
    /** What clients in the field expect: short counts, copies inside one file. */
    LINUX,
    /** RFC 7862 15.2.3 to the letter. */
    RFC7862
  }

  /** What fits Linux clients. */
  public static ServerOptions defaults() {
    return new ServerOptions(CopyRules.LINUX);
  }
}
