package io.ferrynfs.cli.place;

/** The type of a file, with its letter in a long listing. */
public enum FileKind {
  REGULAR('-'),
  DIRECTORY('d'),
  SYMLINK('l'),
  FIFO('p'),
  SOCKET('s'),
  BLOCK_DEVICE('b'),
  CHARACTER_DEVICE('c'),
  OTHER('?');

  private final char letter;

  FileKind(char letter) {
    this.letter = letter;
  }

  public char letter() {
    return letter;
  }
}
