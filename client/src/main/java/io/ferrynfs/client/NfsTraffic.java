package io.ferrynfs.client;

/**
 * The bytes of files that have passed through a client since it was connected. Counted in the calls
 * that it sent and the replies that it got, so that a call sent again counts again.
 *
 * @param bytesRead in results of READ
 * @param bytesWritten in arguments of WRITE
 */
public record NfsTraffic(long bytesRead, long bytesWritten) {}
