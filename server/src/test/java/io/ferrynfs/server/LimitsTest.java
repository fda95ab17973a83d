package io.ferrynfs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The values that builders of limits accept. */
class LimitsTest {
  static Stream<Object> builders() {
    return Stream.of(
        ServerLimits.builder(),
        ClientShares.builder(),
        CourtesyLimits.builder(),
        LockLimits.builder(),
        CopyLimits.builder(),
        SourceLimits.builder(),
        DelegationLimits.builder(),
        RpcLimits.DEFAULT.toBuilder(),
        RpcLimits.DEFAULT.stream().toBuilder());
  }

  private static List<Method> setters(Object builder) {
    return Arrays.stream(builder.getClass().getMethods())
        .filter(method -> method.getReturnType() == builder.getClass())
        .toList();
  }

  private static void set(Object builder, Method setter, Object value) throws Throwable {
    try {
      setter.invoke(builder, value);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @ParameterizedTest
  @MethodSource("builders")
  void negativeLimitIsRejectedByItsName(Object builder) {
    assertThat(setters(builder)).isNotEmpty();
    for (Method setter : setters(builder)) {
      Class<?> type = setter.getParameterTypes()[0];
      Object value =
          type == int.class
              ? Integer.valueOf(-1)
              : type == long.class
                  ? Long.valueOf(-1)
                  : type == Duration.class ? Duration.ofNanos(-1) : null;
      if (value != null) {
        assertThatThrownBy(() -> set(builder, setter, value))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching(setter.getName() + " is (negative|not positive): .*");
      }
    }
  }

  @Test
  void limitWithoutWhichNothingIsServedIsPositive() {
    assertThatThrownBy(() -> ServerLimits.builder().leaseSeconds(0))
        .hasMessage("leaseSeconds is not positive: 0");
    assertThatThrownBy(() -> ServerLimits.builder().bulkThreads(0))
        .hasMessage("bulkThreads is not positive: 0");
    assertThatThrownBy(() -> CopyLimits.builder().stepsMax(0))
        .hasMessage("stepsMax is not positive: 0");
    assertThat(CopyLimits.builder().jobsMax(0).build().jobsMax()).isZero();
  }

  @Test
  void serverStartsWithTheLargestRequests() throws Exception {
    Simulation world = new Simulation(7);
    SimEnv host = world.host("server");
    NfsServer server =
        NfsServer.builder(host)
            .listen(new InetSocketAddress(2049))
            .limits(ServerLimits.builder().requestBytesMax(Integer.MAX_VALUE).build())
            .export("/", MemoryVolume.builder("volume", host.clock()).build())
            .start();
    assertThat(server.localAddress().getPort()).isEqualTo(2049);
    world.await(server.shutdown(Duration.ofSeconds(1)), Duration.ofMinutes(1));
  }
}
