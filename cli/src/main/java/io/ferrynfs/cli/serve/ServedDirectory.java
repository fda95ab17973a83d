package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportRule;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory to serve, with its rules.
 *
 * @param path the path that clients mount: {@code /} or {@code /name}
 * @param directory the local directory
 * @param rules the access rules; the first that matches a client applies
 * @param copySource the servers that may read its files for clients
 */
public record ServedDirectory(
    String path, Path directory, List<ExportRule> rules, CopySourcePolicy copySource) {}
