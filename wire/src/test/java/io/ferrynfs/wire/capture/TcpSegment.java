package io.ferrynfs.wire.capture;

import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A TCP segment with data, or the SYN with the initial sequence number.
 *
 * @param frame the number of the packet in its file, from 1, as in Wireshark
 * @param from the sender, as {@code address:port}
 * @param to the receiver, as {@code address:port}
 * @param sequence the sequence number of the first byte
 * @param data the payload
 */
record TcpSegment(int frame, String from, String to, int sequence, Opaque data) {
  private static final int PCAP_MAGIC = 0xa1b2c3d4;
  private static final int PCAP_HEADER_BYTES = 24;
  private static final int PACKET_HEADER_BYTES = 16;
  private static final int ETHERNET_BYTES = 14;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int PROTOCOL_TCP = 6;
  private static final int SYN = 0x02;

  /**
   * Returns the segments of a capture. It supports pcap files with Ethernet and unfragmented IPv4,
   * because all captures have this form.
   */
  static List<TcpSegment> ofPcap(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(0) != PCAP_MAGIC) {
      throw new IllegalArgumentException("not a little-endian pcap file");
    }
    in.position(PCAP_HEADER_BYTES);
    List<TcpSegment> segments = new ArrayList<>();
    for (int frame = 1; in.hasRemaining(); frame++) {
      int start = in.position() + PACKET_HEADER_BYTES;
      int length = in.getInt(in.position() + 8);
      ofPacket(frame, in.slice(start, length).order(ByteOrder.BIG_ENDIAN), segments);
      in.position(start + length);
    }
    return segments;
  }

  private static void ofPacket(int frame, ByteBuffer packet, List<TcpSegment> segments) {
    if (Short.toUnsignedInt(packet.getShort(12)) != ETHERTYPE_IPV4) {
      return;
    }
    ByteBuffer ip = packet.slice(ETHERNET_BYTES, packet.limit() - ETHERNET_BYTES);
    if (ip.get(9) != PROTOCOL_TCP) {
      return;
    }
    int ipBytes = (ip.get(0) & 0xf) * 4;
    // The length in the IP header excludes the Ethernet padding of short packets.
    ByteBuffer tcp = ip.slice(ipBytes, Short.toUnsignedInt(ip.getShort(2)) - ipBytes);
    int tcpBytes = (tcp.get(12) >> 4 & 0xf) * 4;
    Opaque data = Opaque.of(tcp.position(tcpBytes));
    boolean syn = (tcp.get(13) & SYN) != 0;
    if (!data.isEmpty() || syn) {
      String from = address(ip, 12) + ":" + Short.toUnsignedInt(tcp.getShort(0));
      String to = address(ip, 16) + ":" + Short.toUnsignedInt(tcp.getShort(2));
      segments.add(new TcpSegment(frame, from, to, tcp.getInt(4) + (syn ? 1 : 0), data));
    }
  }

  private static String address(ByteBuffer ip, int at) {
    return (ip.get(at) & 0xff)
        + "."
        + (ip.get(at + 1) & 0xff)
        + "."
        + (ip.get(at + 2) & 0xff)
        + "."
        + (ip.get(at + 3) & 0xff);
  }
}
