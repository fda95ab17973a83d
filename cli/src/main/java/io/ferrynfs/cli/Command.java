package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** The base class of the commands. */
abstract class Command implements Callable<Integer> {
  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  final Console console = Console.ofProcess();
}
