package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.source.SourceFile;
import io.ferrynfs.server.state.FileUse;

/** The file that a copy reads. It belongs to the copy once that is accepted. */
public sealed interface CopyInput {

  /** What names the file among all that this server copies from. */
  Object key();

  /** For people. */
  String forPeople();

  /** No bytes of it are needed any more. */
  void close();

  /**
   * A file of this server.
   *
   * @param ref where it is
   * @param use the same, open
   */
  record Here(FileRef ref, FileUse use) implements CopyInput {
    @Override
    public Object key() {
      return ref.key();
    }

    @Override
    public String forPeople() {
      return ref.pathForPeople(use.file());
    }

    @Override
    public void close() {
      use.close();
    }
  }

  /**
   * A file of another server.
   *
   * @param file is read there
   * @param rules how clients are told what is wrong there
   */
  record Elsewhere(SourceFile file, CopyRules rules) implements CopyInput {
    @Override
    public Object key() {
      return file.handle();
    }

    @Override
    public String forPeople() {
      return file.forPeople();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
