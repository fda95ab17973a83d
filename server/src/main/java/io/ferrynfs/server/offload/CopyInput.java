package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.source.SourceFile;
import io.ferrynfs.server.state.FileUse;

/** The source file of a copy. The copy owns it after it is accepted. */
public sealed interface CopyInput {

  /** Returns a key that identifies the file among all sources of this server. */
  Object key();

  /** Returns the file as printable text. */
  String description();

  /** Closes the file. */
  void close();

  /**
   * A local file.
   *
   * @param ref the file
   * @param use an open of it
   */
  record Local(FileRef ref, FileUse use) implements CopyInput {
    @Override
    public Object key() {
      return ref.key();
    }

    @Override
    public String description() {
      return ref.displayPath(use.file());
    }

    @Override
    public void close() {
      use.close();
    }
  }

  /**
   * A file of another server.
   *
   * @param file the file
   * @param rules the rules for reporting errors of the source
   */
  record Remote(SourceFile file, CopyRules rules) implements CopyInput {
    @Override
    public Object key() {
      return file.handle();
    }

    @Override
    public String description() {
      return file.description();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
