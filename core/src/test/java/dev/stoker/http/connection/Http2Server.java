package dev.stoker.http.connection;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of HTTP/2 without TLS, frame by frame, that can leave out what the protocol asks for. It
 * answers each request with 200 and no body.
 */
public final class Http2Server implements Closeable {
  /** What a connection does, from its beginning on. */
  public enum Mood {
    GOOD,
    /** Accepts and sends nothing at all. */
    NO_SETTINGS,
    /** Sends SETTINGS and GOAWAY at once, and leaves the connection open. */
    GOAWAY_AT_ONCE,
    /** Allows no streams. */
    NO_STREAMS,
    /** Answers each request with GOAWAY, and says nothing more. */
    GOAWAY_FOR_ANSWER
  }

  private static final int PREFACE = 24;
  private static final byte HEADERS = 1;
  private static final byte SETTINGS = 4;
  private static final byte PING = 6;
  private static final byte GOAWAY = 7;
  private static final byte ACK = 1;
  private static final byte END_OF_STREAM_AND_HEADERS = 5;
  private static final byte STATUS_200 = (byte) 0x88;

  private final ServerSocket server;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private volatile Mood mood;

  public Http2Server(Mood mood) throws IOException {
    this.mood = mood;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(
        () -> {
          while (true) {
            Socket client = server.accept();
            sockets.add(client);
            accepted.incrementAndGet();
            open.incrementAndGet();
            Mood own = this.mood;
            thread(() -> serve(client, own));
          }
        });
  }

  /** What may fail because one side is gone. */
  private interface Step {
    void run() throws IOException;
  }

  private static void thread(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (IOException closed) {
                // the test has ended, or the client has
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Of the connections that are made from now on. */
  public void turn(Mood other) {
    mood = other;
  }

  public int accepted() {
    return accepted.get();
  }

  /** Connections that clients have not closed. */
  public int open() {
    return open.get();
  }

  private void serve(Socket client, Mood own) throws IOException {
    try {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      in.readFully(new byte[PREFACE]);
      greet(out, own);
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        byte type = in.readByte();
        byte flags = in.readByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        if (own != Mood.NO_SETTINGS) {
          answer(out, own, new Frame(type, flags, stream, payload));
        }
      }
    } finally {
      open.decrementAndGet();
      client.close();
    }
  }

  private record Frame(byte type, byte flags, int stream, byte[] payload) {}

  private static void greet(OutputStream out, Mood own) throws IOException {
    switch (own) {
      case NO_SETTINGS -> {}
      case NO_STREAMS -> send(out, SETTINGS, (byte) 0, 0, new byte[] {0, 3, 0, 0, 0, 0});
      case GOAWAY_AT_ONCE -> {
        send(out, SETTINGS, (byte) 0, 0, new byte[0]);
        send(out, GOAWAY, (byte) 0, 0, new byte[8]);
      }
      default -> send(out, SETTINGS, (byte) 0, 0, new byte[0]);
    }
  }

  private static void answer(OutputStream out, Mood own, Frame frame) throws IOException {
    boolean ack = (frame.flags() & ACK) != 0;
    if (frame.type() == SETTINGS && !ack) {
      send(out, SETTINGS, ACK, 0, new byte[0]);
    } else if (frame.type() == PING && !ack && own != Mood.GOAWAY_FOR_ANSWER) {
      send(out, PING, ACK, 0, frame.payload());
    } else if (frame.type() == HEADERS && own == Mood.GOAWAY_FOR_ANSWER) {
      byte[] last = {0, 0, 0, (byte) frame.stream(), 0, 0, 0, 0};
      send(out, GOAWAY, (byte) 0, 0, last);
    } else if (frame.type() == HEADERS && own == Mood.GOOD) {
      byte[] headers = {STATUS_200};
      send(out, HEADERS, END_OF_STREAM_AND_HEADERS, frame.stream(), headers);
    }
  }

  private static void send(OutputStream out, byte type, byte flags, int stream, byte[] payload)
      throws IOException {
    byte[] frame = new byte[9 + payload.length];
    frame[2] = (byte) payload.length;
    frame[3] = type;
    frame[4] = flags;
    frame[7] = (byte) (stream >> 8);
    frame[8] = (byte) stream;
    System.arraycopy(payload, 0, frame, 9, payload.length);
    out.write(frame);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
