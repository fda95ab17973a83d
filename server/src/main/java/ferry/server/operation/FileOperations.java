package ferry.server.operation;

/** The operations on files, directories and their attributes. */
final class FileOperations {
  private FileOperations() {}

  /** Adds them all. */
  static void addTo(OperationTable.Builder table) {}
}
