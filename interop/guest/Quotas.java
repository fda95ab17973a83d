import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.storage.linux.Options;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Prints the quotas of a file as its volume reports them: {@code Quotas DIR STATE NAME UID:GID...} prints a line for each caller. With {@code --fill} before the callers, the first caller writes to the file until it fails, and then the superuser does.
 */
public final class Quotas {
  private static final int PIECE_BYTES = 1 << 14;
  private static final long FILL_BYTES_MAX = 4 << 20;

  private Quotas() {}

  public static void main(String[] all) throws Exception {
    boolean fills = all[0].equals("--fill");
    String[] args = fills ? Arrays.copyOfRange(all, 1, all.length) : all;
    try (LinuxVolume volume = LinuxVolume.open(Path.of(args[0]), Options.of(Path.of(args[1])))) {
      if (!volume.features().contains(Feature.QUOTAS)) {
        System.out.println("none");
        return;
      }
      Handle file =
          volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(args[2])).handle();
      for (int i = 3; i < args.length; i++) {
        Quota quota = volume.quota(caller(args[i]), file);
        System.out.println(
            args[i]
                + " hard " + quota.availableHardBytes()
                + " soft " + quota.availableSoftBytes()
                + " used " + quota.usedBytes());
      }
      if (fills) {
        System.out.println("he writes " + fill(volume, caller(args[3]), file));
        System.out.println("root writes " + fill(volume, Caller.SUPERUSER, file));
      }
    }
  }

  private static Caller caller(String ids) {
    String[] parts = ids.split(":", -1);
    return Caller.of(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }

  /** Appends until a write fails. Returns the bytes and the reason of the failure. */
  private static String fill(LinuxVolume volume, Caller caller, Handle file) throws Exception {
    long bytes = 0;
    try (OpenFile open = volume.open(caller, file, OpenAccess.WRITE)) {
      while (bytes < FILL_BYTES_MAX) {
        bytes += open.write(ByteBuffer.allocate(PIECE_BYTES), open.size());
      }
    } catch (StorageException e) {
      return bytes + " " + e.status();
    }
    return bytes + " OK";
  }
}
