package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportRule;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory to serve, with its rules.
 *
 * @param path where clients find it: {@code /} or {@code /name}
 * @param directory the directory of this machine
 * @param rules who may use it and how, the first that fits a client counts
 * @param copySource which servers may read its files for clients
 */
public record ServedDirectory(
    String path, Path directory, List<ExportRule> rules, CopySourcePolicy copySource) {}
