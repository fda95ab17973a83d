package io.ferrynfs.client;

/**
 * The file data that passed through a client since it connected. Requests and replies are counted
 * each time they are sent or received, so a retried request counts again.
 *
 * @param bytesRead the bytes in results of READ and READ_PLUS
 * @param bytesWritten the bytes in arguments of WRITE
 */
public record NfsTraffic(long bytesRead, long bytesWritten) {}
