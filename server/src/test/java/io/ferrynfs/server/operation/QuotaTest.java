package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.Allocate4Res;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/**
 * Quotas: the writes that fail, and the attributes that report them (RFC 8881 sections 5.8.2.28 to
 * 5.8.2.30).
 */
class QuotaTest {
  private static final int BLOCK = 4096;
  private static final long LIMIT_BYTES = 4L * BLOCK;

  private final MemoryVolume volume =
      MemoryVolume.builder("data", InstantSource.system()).rootMode(0777).quotas().build();
  private final FileLab lab = new FileLab(CopyRules.LINUX, volume);
  private final NfsFh4 file = lab.file("file", "x".repeat(2 * BLOCK));

  QuotaTest() throws StorageException {
    volume.limitUser(FileLab.OWNER.uid(), 3L * BLOCK, LIMIT_BYTES);
  }

  private static NfsResop4 quotas(long hardBytes, long softBytes, long usedBytes) {
    Fattr4 values =
        AttrValues.builder()
            .put(Attrs.QUOTA_AVAIL_HARD, hardBytes)
            .put(Attrs.QUOTA_AVAIL_SOFT, softBytes)
            .put(Attrs.QUOTA_USED, usedBytes)
            .build()
            .encode();
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values)));
  }

  private NfsResop4 quotasOfTheFile() {
    return lab.last(
        putfh(file), Ops.getattr(Attrs.QUOTA_AVAIL_HARD, Attrs.QUOTA_AVAIL_SOFT, Attrs.QUOTA_USED));
  }

  private static NfsArgop4 write(Stateid4 stateid, long offset, int bytes) {
    return Ops.write(stateid, offset, StableHow4.FILE_SYNC4, "y".repeat(bytes));
  }

  // RFC 8881 section 15.1.4.2
  @Test
  void writeIsShortAtTheQuotaAndTheNextOneReturnsDquot() {
    assertThat(quotasOfTheFile()).isEqualTo(quotas(2L * BLOCK, BLOCK, 2L * BLOCK));
    Stateid4 stateid = lab.open(file, "writer", Ops.WRITE);
    assertThat(lab.last(putfh(file), write(stateid, 2L * BLOCK, 10 * BLOCK)))
        .isEqualTo(
            new NfsResop4.Write(
                new Write4Res.Ok(
                    new Write4Resok(
                        2L * BLOCK, StableHow4.FILE_SYNC4, lab.writeVerifier.current()))));
    assertThat(lab.last(putfh(file), write(stateid, LIMIT_BYTES, 1)))
        .isEqualTo(new NfsResop4.Write(new Write4Res.Failed(Nfsstat4.NFS4ERR_DQUOT)));
    assertThat(
            lab.last(
                putfh(file), new NfsArgop4.Allocate(new Allocate4Args(stateid, LIMIT_BYTES, 1))))
        .isEqualTo(new NfsResop4.Allocate(new Allocate4Res(Nfsstat4.NFS4ERR_DQUOT)));
    assertThat(quotasOfTheFile()).isEqualTo(quotas(0, 0, LIMIT_BYTES));
  }

  // C-019
  @Test
  void copyIsShortAtTheQuotaAndTheNextOneReturnsDquot() {
    NfsFh4 target = lab.file("target", "");
    long first = lab.run(putfh(file), savefh(), putfh(target), copy(0)).size();
    assertThat(first).isEqualTo(4);
    assertThat(lab.content("target")).isEqualTo("x".repeat(2 * BLOCK));
    NfsFh4 more = lab.file("more", "");
    assertThat(lab.status(putfh(file), savefh(), putfh(more), copy(0)))
        .isEqualTo(Nfsstat4.NFS4ERR_DQUOT);
    assertThat(lab.content("more")).isEmpty();
  }

  private static NfsArgop4 copy(long offset) {
    return copyAsync(Stateids.ANONYMOUS, Stateids.ANONYMOUS, offset, offset, 0);
  }

  // RFC 8881 section 5.8.2.28: the quota is that of the file's owner, regardless of the writer;
  // other users get the space of the volume
  @Test
  void userOtherThanTheOwnerGetsTheSpaceOfTheVolume() throws StorageException {
    lab.user(4711);
    long free = volume.space(FileLab.OWNER).availableBytes();
    long used = volume.space(FileLab.OWNER).totalBytes() - free;
    assertThat(quotasOfTheFile()).isEqualTo(quotas(free, free, used));
  }

  // RFC 8881 section 5.5
  @Test
  void quotasCannotBeSet() {
    AttrValues values = AttrValues.builder().put(Attrs.QUOTA_USED, 0L).build();
    assertThat(lab.last(putfh(file), Ops.setattr(Stateids.ANONYMOUS, values)))
        .isEqualTo(new NfsResop4.Setattr(new Setattr4Res(Nfsstat4.NFS4ERR_INVAL, Bitmap4.EMPTY)));
  }
}
