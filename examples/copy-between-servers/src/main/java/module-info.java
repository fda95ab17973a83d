/** A program that has one NFS server copy a file from another. */
module com.example.copy {
  requires io.ferrynfs.client;
}
