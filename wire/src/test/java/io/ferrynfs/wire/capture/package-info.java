/**
 * Real traffic of Linux clients and servers as test resources: what made them from pcap files, and
 * what reads them.
 */
@NullMarked
package io.ferrynfs.wire.capture;

import org.jspecify.annotations.NullMarked;
