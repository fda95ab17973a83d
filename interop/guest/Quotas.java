import ferry.storage.Caller;
import ferry.storage.Feature;
import ferry.storage.Handle;
import ferry.storage.Name;
import ferry.storage.Quota;
import ferry.storage.linux.LinuxVolume;
import ferry.storage.linux.Options;
import java.nio.file.Path;

/**
 * What the volume of a directory says of the quotas of a file in it: {@code Quotas DIR STATE NAME
 * UID:GID...}, a line for each caller.
 */
public final class Quotas {
  private Quotas() {}

  public static void main(String[] args) throws Exception {
    try (LinuxVolume volume = LinuxVolume.open(Path.of(args[0]), Options.of(Path.of(args[1])))) {
      if (!volume.features().contains(Feature.QUOTAS)) {
        System.out.println("none");
        return;
      }
      Handle file =
          volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(args[2])).handle();
      for (int i = 3; i < args.length; i++) {
        String[] ids = args[i].split(":", -1);
        Quota quota =
            volume.quota(Caller.of(Long.parseLong(ids[0]), Long.parseLong(ids[1])), file);
        System.out.println(
            args[i]
                + " hard " + quota.availableHardBytes()
                + " soft " + quota.availableSoftBytes()
                + " used " + quota.usedBytes());
      }
    }
  }
}
