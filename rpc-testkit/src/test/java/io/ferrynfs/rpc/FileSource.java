package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.FilePayload;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is sent with sendfile(2). */
class FileSource implements FilePayload.Source {
  private final Path path;

  FileSource(Path path) {
    this.path = path;
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      return file.transferTo(position, count, target);
    }
  }

  @Override
  public long size() throws IOException {
    return Files.size(path);
  }
}
