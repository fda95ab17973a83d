package com.example.copy;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsUrl;

/** Copies a file from one NFS server to another; the bytes do not pass through this program. */
public final class CopyBetweenServers {
  private CopyBetweenServers() {}

  /**
   * Copies.
   *
   * @param args the URL of the source and the URL of the destination: nfs://host:port/path
   */
  public static void main(String[] args) throws NfsException {
    if (args.length != 2) {
      System.err.println("usage: CopyBetweenServers nfs://HOST[:PORT]/SOURCE nfs://HOST[:PORT]/DESTINATION");
      System.exit(64);
    }
    NfsUrl from = NfsUrl.parse(args[0]);
    NfsUrl to = NfsUrl.parse(args[1]);
    try (NfsClient source = NfsClient.connect(from);
        NfsClient destination = NfsClient.connect(to)) {
      CopyResult result =
          source.copy(from.path(), destination, to.path(), NfsCopyOptions.defaults());
      System.out.println("copied " + result.bytes() + " bytes: " + result.how());
      System.out.println("bytes that passed through this program: " + result.bytesThroughClient());
    }
  }
}
