package ferry.client.testing;

import ferry.rpc.env.ConnectOptions;
import ferry.rpc.env.Env;
import ferry.rpc.env.InterfaceAddress;
import ferry.rpc.env.Listener;
import ferry.rpc.env.Network;
import ferry.rpc.env.OutgoingRecord;
import ferry.rpc.env.Pool;
import ferry.rpc.env.RandomSource;
import ferry.rpc.env.RecordReceiver;
import ferry.rpc.env.RecordStream;
import ferry.rpc.env.StreamLimits;
import ferry.rpc.env.Ticker;
import ferry.rpc.env.Timers;
import ferry.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A world in which each record that a listener's connections send is followed by another.
 *
 * @param more the records that follow
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
