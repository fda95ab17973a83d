package io.ferrynfs.client.testing;

import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.InterfaceAddress;
import io.ferrynfs.rpc.env.Listener;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.OutgoingRecord;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.rpc.env.RecordReceiver;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.env.StreamLimits;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * An environment in which each record of a listener's connections is followed by another record.
 *
 * @param more returns the records that follow
 */
public record TalkativeEnv(Env real, Supplier<List<XdrWriter>> more) implements Env {

  @Override
  public Ticker ticker() {
    return real.ticker();
  }

  @Override
  public InstantSource clock() {
    return real.clock();
  }

  @Override
  public Timers timers() {
    return real.timers();
  }

  @Override
  public RandomSource random() {
    return real.random();
  }

  @Override
  public Pool pool(String name, int threadsMax, int queuedMax) {
    return real.pool(name, threadsMax, queuedMax);
  }

  @Override
  public Network network() {
    return new Net(real.network());
  }

  private final class Net implements Network {
    private final Network under;

    Net(Network under) {
      this.under = under;
    }

    @Override
    public Listener listen(SocketAddress address, StreamLimits limits, Acceptor acceptor)
        throws IOException {
      return under.listen(address, limits, stream -> acceptor.accepted(new Stream(stream)));
    }

    @Override
    public void connect(
        SocketAddress address, ConnectOptions options, StreamLimits limits, ConnectHandler to) {
      under.connect(address, options, limits, to);
    }

    @Override
    public CompletableFuture<List<InetAddress>> resolve(String name) {
      return under.resolve(name);
    }

    @Override
    public List<InterfaceAddress> interfaces() {
      return under.interfaces();
    }
  }

  private final class Stream implements RecordStream {
    private final RecordStream under;

    Stream(RecordStream under) {
      this.under = under;
    }

    @Override
    public boolean send(OutgoingRecord record) {
      boolean sent = under.send(record);
      for (XdrWriter each : more.get()) {
        boolean _ = under.send(OutgoingRecord.of(each));
      }
      return sent;
    }

    @Override
    public void start(RecordReceiver receiver) {
      under.start(receiver);
    }

    @Override
    public void reading(boolean reading) {
      under.reading(reading);
    }

    @Override
    public void execute(Runnable task) {
      under.execute(task);
    }

    @Override
    public SocketAddress localAddress() {
      return under.localAddress();
    }

    @Override
    public SocketAddress peerAddress() {
      return under.peerAddress();
    }

    @Override
    public void closeWhenSent(Duration deadline) {
      under.closeWhenSent(deadline);
    }

    @Override
    public void close(IOException cause) {
      under.close(cause);
    }
  }
}
