package dev.stoker.discovery.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server over UDP and, on the same port, TCP; RFC 1035. */
final class FakeDns implements AutoCloseable {
  static final int A = 1;
  static final int AAAA = 28;
  static final int SRV = 33;
  private static final int UDP_BYTES = 512;
  private static final int NXDOMAIN = 3;
  private static final int SERVFAIL = 2;

  /** By name and type, such as <code>app.test/1</code>: the data of each record. */
  final Map<String, List<byte[]>> zone = new ConcurrentHashMap<>();

  final AtomicInteger overTcp = new AtomicInteger();
  volatile boolean broken;
  private final ServerSocket tcp;
  private final DatagramSocket udp;

  FakeDns() throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    ServerSocket stream = new ServerSocket(0, 10, here);
    DatagramSocket datagrams = null;
    for (int tries = 0; datagrams == null; tries++) {
      try {
        datagrams = new DatagramSocket(stream.getLocalPort(), here);
      } catch (BindException taken) {
        stream.close();
        if (tries == 20) {
          throw taken;
        }
        stream = new ServerSocket(0, 10, here);
      }
    }
    tcp = stream;
    udp = datagrams;
    start(this::serveDatagrams);
    start(this::serveStreams);
  }

  private static void start(Runnable serving) {
    Thread thread = new Thread(serving, "fake-dns");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), udp.getLocalPort());
  }

  private void serveDatagrams() {
    byte[] buffer = new byte[UDP_BYTES];
    while (!udp.isClosed()) {
      try {
        DatagramPacket query = new DatagramPacket(buffer, buffer.length);
        udp.receive(query);
        byte[] answer = answer(Arrays.copyOf(buffer, query.getLength()), UDP_BYTES);
        udp.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serveStreams() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] query = in.readNBytes(in.readUnsignedShort());
        byte[] answer = answer(query, 1 << 16);
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
        overTcp.incrementAndGet();
        in.read(); // until the client has closed it
      } catch (IOException closed) {
        // the next, if there is one
      }
    }
  }

  private byte[] answer(byte[] query, int most) {
    StringBuilder name = new StringBuilder();
    int at = 12;
    while (query[at] != 0) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
      at += query[at] + 1;
    }
    int type = ByteBuffer.wrap(query).getShort(at + 1);
    int end = at + 5;
    String asked = name.toString().toLowerCase(Locale.ROOT) + "/" + type;
    int code = broken ? SERVFAIL : zone.containsKey(asked) ? 0 : NXDOMAIN;
    List<byte[]> records = code == 0 ? zone.getOrDefault(asked, List.of()) : List.of();
    ByteBuffer out = ByteBuffer.allocate(1 << 16);
    out.put(query, 0, 2).putShort((short) (0x8180 | code)).putShort((short) 1);
    out.putShort((short) records.size()).putShort((short) 0).putShort((short) 0);
    out.put(query, 12, end - 12);
    for (byte[] data : records) {
      out.putShort((short) 0xc00c).putShort((short) type).putShort((short) 1).putInt(1);
      out.putShort((short) data.length).put(data);
    }
    if (out.position() > most) { // cut, and said to be: TC
      out.putShort(2, (short) (0x8380 | code)).putShort(6, (short) 0).position(end);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
