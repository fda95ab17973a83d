package io.ferrynfs.server.status;

/** What a filehandle of an {@link ErrorLab} may be of. */
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

  /** The kinds of objects that there are. */
  static final ObjectKind[] OBJECTS = {FILE, DIRECTORY, SYMLINK, FIFO, SOCKET, BLOCK, CHARACTER};
}
