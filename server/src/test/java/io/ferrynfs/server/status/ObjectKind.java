package io.ferrynfs.server.status;

/** The kinds of objects in an {@link ErrorLab}. */
enum ObjectKind {
  NONE,
  FILE,
  DIRECTORY,
  SYMLINK,
  FIFO,
  SOCKET,
  BLOCK,
  CHARACTER,
  /** A file that was removed. */
  GONE;

  /** The kinds of existing objects. */
  static final ObjectKind[] OBJECTS = {FILE, DIRECTORY, SYMLINK, FIFO, SOCKET, BLOCK, CHARACTER};
}
