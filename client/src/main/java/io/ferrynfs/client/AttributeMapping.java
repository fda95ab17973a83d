package io.ferrynfs.client;

import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.IoAdviseType4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.nfs4.Specdata4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Conversions between the public API and the protocol. */
final class AttributeMapping {

  /** The bits of mode4 (RFC 8881 section 6.2.4); other bits are ignored. */
  private static final int MODE_BITS = 07777;

  private static final Specdata4 NO_DEVICE = new Specdata4(0, 0);

  private AttributeMapping() {}

  static List<Opaque> names(NfsPath path) {
    return path.nameList().stream().map(Opaque::of).toList();
  }

  /** Converts attributes that are {@link FileAttributes#usable}. */
  static NfsAttributes attributes(FileAttributes from) {
    Specdata4 device = from.get(Attrs.RAWDEV);
    Specdata4 known = device == null ? NO_DEVICE : device;
    return new NfsAttributes(
        type(from.get(Attrs.TYPE)),
        (int) number(from, Attrs.MODE) & MODE_BITS,
        number(from, Attrs.NUMLINKS),
        text(from.get(Attrs.OWNER)),
        text(from.get(Attrs.OWNER_GROUP)),
        // The size of an object that is not a regular file is unspecified.
        Math.max(0, from.sizeBytes()),
        from.usedBytes() < 0 ? Long.MAX_VALUE : from.usedBytes(),
        from.fsid().major(),
        from.fsid().minor(),
        from.fileid(),
        from.change(),
        known.specdata1(),
        known.specdata2(),
        time(from.get(Attrs.TIME_ACCESS)),
        time(from.get(Attrs.TIME_MODIFY)),
        time(from.get(Attrs.TIME_METADATA)));
  }

  private static long number(FileAttributes from, Attr<Long> attribute) {
    Long value = from.get(attribute);
    return value == null ? 0 : value;
  }

  private static String text(@Nullable Opaque value) {
    return value == null ? "" : value.utf8();
  }

  private static Instant time(@Nullable Nfstime4 time) {
    if (time == null) {
      return Instant.EPOCH;
    }
    try {
      return Instant.ofEpochSecond(time.seconds(), time.nseconds());
    } catch (DateTimeException | ArithmeticException outOfRange) {
      return time.seconds() < 0 ? Instant.MIN : Instant.MAX;
    }
  }

  private static NfsFileType type(@Nullable NfsFtype4 type) {
    return switch (type) {
      case NF4REG -> NfsFileType.REGULAR;
      case NF4DIR -> NfsFileType.DIRECTORY;
      case NF4BLK -> NfsFileType.BLOCK_DEVICE;
      case NF4CHR -> NfsFileType.CHARACTER_DEVICE;
      case NF4LNK -> NfsFileType.SYMLINK;
      case NF4SOCK -> NfsFileType.SOCKET;
      case NF4FIFO -> NfsFileType.FIFO;
      case null, default -> NfsFileType.OTHER;
    };
  }

  static Fattr4 changes(NfsAttributeChanges changes) {
    AttrValues.Builder values = AttrValues.builder();
    if (changes.sizeBytes() != null) {
      values.put(Attrs.SIZE, changes.sizeBytes());
    }
    if (changes.mode() != null) {
      values.put(Attrs.MODE, (long) changes.mode());
    }
    if (changes.owner() != null) {
      values.put(Attrs.OWNER, Opaque.ofUtf8(changes.owner()));
    }
    if (changes.group() != null) {
      values.put(Attrs.OWNER_GROUP, Opaque.ofUtf8(changes.group()));
    }
    if (changes.accessTime() != null) {
      values.put(Attrs.TIME_ACCESS_SET, settime(changes.accessTime()));
    }
    if (changes.modifyTime() != null) {
      values.put(Attrs.TIME_MODIFY_SET, settime(changes.modifyTime()));
    }
    return values.build().encode();
  }

  private static Settime4 settime(Instant time) {
    return new Settime4.ClientTime4(new Nfstime4(time.getEpochSecond(), time.getNano()));
  }

  static Fattr4 mode(int mode) {
    return AttrValues.builder().put(Attrs.MODE, (long) mode).build().encode();
  }

  static Fattr4 nothing() {
    return AttrValues.EMPTY.encode();
  }

  static Createtype4 special(NfsFileType type, long major, long minor) {
    return switch (type) {
      case BLOCK_DEVICE -> new Createtype4.Blk(new Specdata4(major, minor));
      case CHARACTER_DEVICE -> new Createtype4.Chr(new Specdata4(major, minor));
      case SOCKET -> new Createtype4.Sock();
      case FIFO -> new Createtype4.Fifo();
      default -> throw new IllegalArgumentException("mknod cannot create " + type);
    };
  }

  static Bitmap4 hints(NfsAdvice... advice) {
    Bitmap4 hints = Bitmap4.EMPTY;
    for (NfsAdvice one : advice) {
      hints = hints.with(hint(one).value());
    }
    return hints;
  }

  /** Converts hints. Unknown bits are ignored. */
  static Set<NfsAdvice> advice(Bitmap4 hints) {
    Set<NfsAdvice> advice = EnumSet.noneOf(NfsAdvice.class);
    for (NfsAdvice one : NfsAdvice.values()) {
      if (hints.has(hint(one).value())) {
        advice.add(one);
      }
    }
    return advice;
  }

  private static IoAdviseType4 hint(NfsAdvice advice) {
    return switch (advice) {
      case NORMAL -> IoAdviseType4.IO_ADVISE4_NORMAL;
      case SEQUENTIAL -> IoAdviseType4.IO_ADVISE4_SEQUENTIAL;
      case SEQUENTIAL_BACKWARDS -> IoAdviseType4.IO_ADVISE4_SEQUENTIAL_BACKWARDS;
      case RANDOM -> IoAdviseType4.IO_ADVISE4_RANDOM;
      case WILL_NEED -> IoAdviseType4.IO_ADVISE4_WILLNEED;
      case WILL_NEED_OPPORTUNISTIC -> IoAdviseType4.IO_ADVISE4_WILLNEED_OPPORTUNISTIC;
      case DONT_NEED -> IoAdviseType4.IO_ADVISE4_DONTNEED;
      case NO_REUSE -> IoAdviseType4.IO_ADVISE4_NOREUSE;
      case READ -> IoAdviseType4.IO_ADVISE4_READ;
      case WRITE -> IoAdviseType4.IO_ADVISE4_WRITE;
      case INIT_PROXIMITY -> IoAdviseType4.IO_ADVISE4_INIT_PROXIMITY;
    };
  }

  static RemoteFiles.How how(NfsOpenOptions options) {
    long access =
        (options.read() ? Nfs4.OPEN4_SHARE_ACCESS_READ : 0)
            | (options.write() ? Nfs4.OPEN4_SHARE_ACCESS_WRITE : 0);
    return new RemoteFiles.How(
        access,
        switch (options.create()) {
          case NEVER -> RemoteFiles.How.Create.NEVER;
          case IF_MISSING -> RemoteFiles.How.Create.IF_MISSING;
          case NEW -> RemoteFiles.How.Create.NEW;
        },
        options.truncate(),
        options.mode(),
        options.read() && !options.write() && !options.truncate());
  }
}
