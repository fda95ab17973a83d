package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.linux.call.BytesResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The mount table in /proc/self/mountinfo (proc_pid_mountinfo(5)). */
public final class MountTable {
  private MountTable() {}

  /**
   * Returns whether a path is the root of a filesystem: the mount point of a mount that shows all
   * of it. Returns false for bind mounts of a part, for subvolumes, and if the table is
   * inconclusive.
   */
  public static boolean isFilesystemRoot(int mountId, BytesResult path) {
    if (path.errno() != 0) {
      return false;
    }
    String wanted = new String(path.bytes(), StandardCharsets.ISO_8859_1);
    try {
      List<String> lines =
          Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1);
      for (String line : lines) {
        String[] fields = line.split(" ", 6);
        if (fields.length == 6 && fields[0].equals(Integer.toString(mountId))) {
          return fields[3].equals("/") && fields[4].equals(wanted);
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }
}
