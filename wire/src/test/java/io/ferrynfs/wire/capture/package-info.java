/**
 * Tests with captured traffic of Linux clients and servers, and the tool that converts pcap files
 * into test resources.
 */
@NullMarked
package io.ferrynfs.wire.capture;

import org.jspecify.annotations.NullMarked;
