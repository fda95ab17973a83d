package io.ferrynfs.cli.place;

import io.ferrynfs.storage.linux.LocalFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Streams over local files, from the first byte. */
final class LocalStreams {
  private LocalStreams() {}

  static InputStream in(LocalFile file) {
    return new InputStream() {
      private long position;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = file.readSome(ByteBuffer.wrap(into, offset, length), position);
        position += Math.max(0, count);
        return count;
      }

      @Override
      public void close() {
        file.close();
      }
    };
  }

  static OutputStream out(LocalFile file) {
    return new OutputStream() {
      private long position;

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        file.write(ByteBuffer.wrap(from, offset, length), position);
        position += length;
      }

      @Override
      public void close() {
        file.close();
      }
    };
  }
}
