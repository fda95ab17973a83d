package ferry.client;

/**
 * One entry of a directory, with the attributes that came in the same reply.
 *
 * @param path the entry's path
 * @param attributes its attributes; a symbolic link is not followed
 */
public record NfsDirectoryEntry(NfsPath path, NfsAttributes attributes) {

  /** The entry's name as text; {@link NfsPath#nameBytes()} has it as it travels. */
  public String name() {
    return path.name();
  }
}
