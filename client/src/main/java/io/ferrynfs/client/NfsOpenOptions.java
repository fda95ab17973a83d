package io.ferrynfs.client;

/**
 * How a file is opened. Immutable: every method returns a new value.
 *
 * @param read whether the file will be read
 * @param write whether the file will be written
 * @param create what happens when the file is missing or there already
 * @param truncate whether an existing file is cut to length 0
 * @param mode the permission bits of a file that is created
 */
public record NfsOpenOptions(
    boolean read, boolean write, Create create, boolean truncate, int mode) {

  /** What OPEN does about existence (openflag4 and createmode4, RFC 8881 section 18.16). */
  public enum Create {
    /** The file must exist. */
    NEVER,
    /** The file is created if it is missing (UNCHECKED4). */
    IF_MISSING,
    /** The file must not exist; exactly once, also over a lost reply (EXCLUSIVE4_1). */
    NEW
  }

  public static NfsOpenOptions forReading() {
    return new NfsOpenOptions(true, false, Create.NEVER, false, 0);
  }

  /** An existing file, for writing in place. */
  public static NfsOpenOptions forWriting() {
    return new NfsOpenOptions(false, true, Create.NEVER, false, 0);
  }

  public static NfsOpenOptions forReadingAndWriting() {
    return new NfsOpenOptions(true, true, Create.NEVER, false, 0);
  }

  /** Created if missing, emptied if not. */
  public static NfsOpenOptions forReplacing(int mode) {
    return new NfsOpenOptions(false, true, Create.IF_MISSING, true, mode);
  }

  /** A new file; {@link NfsException.Reason#EXISTS} if the name is taken. */
  public static NfsOpenOptions forNew(int mode) {
    return new NfsOpenOptions(false, true, Create.NEW, false, mode);
  }

  public NfsOpenOptions withRead(boolean value) {
    return new NfsOpenOptions(value, write, create, truncate, mode);
  }

  public NfsOpenOptions withWrite(boolean value) {
    return new NfsOpenOptions(read, value, create, truncate, mode);
  }

  public NfsOpenOptions withCreate(Create value, int modeBits) {
    return new NfsOpenOptions(read, write, value, truncate, modeBits);
  }

  public NfsOpenOptions withTruncate(boolean value) {
    return new NfsOpenOptions(read, write, create, value, mode);
  }
}
