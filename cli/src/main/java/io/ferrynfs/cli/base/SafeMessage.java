package io.ferrynfs.cli.base;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * What is logged, with nothing in it that a client has sent to drive the terminal that shows it.
 */
public final class SafeMessage extends MessageConverter {
  @Override
  public String convert(ILoggingEvent event) {
    return Printable.line(super.convert(event));
  }
}
