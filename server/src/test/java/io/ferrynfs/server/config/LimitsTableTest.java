package io.ferrynfs.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientShares;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ServerLimits;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each limit of the resources of clients has a test of its effect; the limits of copies are tested
 * elsewhere.
 */
class LimitsTableTest {
  private static final String TESTS =
      """
      clientsMax                      session.ClientLimitsTest#clientsMax
      unconfirmedClientsMax           session.ClientLimitsTest#unconfirmedClientsMax
      sessionsPerClientMax            session.ClientLimitsTest#sessionsPerClientMax
      slotsPerSessionMax              session.ClientLimitsTest#slotsPerSessionMax
      connectionsPerSessionMax        session.ClientLimitsTest#connectionsPerSessionMax
      requestBytesMax                 session.SequenceTest#requestLargerThanNegotiatedFails
      responseBytesMax                session.SequenceTest#replyLargerThanNegotiatedEndsWithTheOperationThatDidNotFit
      cachedReplyBytesMax             session.CreateSessionTest#channelAttributesAreReducedToTheServersLimits
      cachedReplyBytesTotalMax        session.CreateSessionTest#sessionsGetFewerSlotsWhenReplyCacheMemoryIsShort
      replyBytesTotalMax              endtoend.HostilePeersTest#peersThatReadNoRepliesAreDisconnectedWhenMemoryIsShort
      operationsPerCompoundMax        session.ClientLimitsTest#operationsPerCompoundMax
      ioBytesMax                      operation.ReadWriteTest#largeReadIsSentFromTheFileUpToTheServersMaximum
      stateidsPerClientMax            session.ClientLimitsTest#stateidsPerClientMax
      stateidsTotalMax                session.ClientLimitsTest#stateidsTotalMax
      callbacksPendingPerClientMax    session.BackChannelTest#callbacksBeyondTheLimitAreRejected
      leaseSeconds                    session.CourtesyTest#clientWithoutStateExpiresWithItsLease
      bulkThreads                     session.ClientLimitsTest#bulkQueueMax
      bulkQueueMax                    session.ClientLimitsTest#bulkQueueMax
      connectionsMax                  endtoend.HostilePeersTest#connectionBeyondTheLimitIsClosedAndOthersContinue
      clientsPerAddressMax            session.ClientLimitsTest#clientsPerAddressMax
      connectionsPerAddressMax        endtoend.HostilePeersTest#connectionBeyondTheLimitOfItsAddressIsClosedAndOthersContinue
      cachedReplyBytesPerClientMax    session.ClientLimitsTest#cachedReplyBytesPerClientMax
      bulkQueuedPerClientMax          session.ClientLimitsTest#bulkQueuedPerClientMax
      bulkBytesPerClientMax           session.ClientLimitsTest#bulkBytesPerClientMax
      courtesy.seconds                session.CourtesyTest#courtesyClientExpiresADayAfterItsLease
      courtesy.clientsMax             session.CourtesyTest#beyondTheLimitOfCourtesyClientsTheOldestExpire
      courtesy.stateidsPerClientMax   session.CourtesyTest#clientWithTooManyStateidsIsNotKeptAndBeyondTheTotalTheOldestExpire
      courtesy.stateidsMax            session.CourtesyTest#clientWithTooManyStateidsIsNotKeptAndBeyondTheTotalTheOldestExpire
      """;

  private static Map<String, String> tests() {
    return TESTS
        .lines()
        .map(line -> line.strip().split(" +", -1))
        .collect(Collectors.toMap(row -> row[0], row -> row[1], (one, _) -> one, TreeMap::new));
  }

  private static Stream<String> limits(Class<?> limits, String prefix) {
    return Arrays.stream(limits.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.getType().isPrimitive())
        .map(Field::getName)
        .map(name -> prefix + name);
  }

  @Test
  void eachLimitHasATest() throws ClassNotFoundException {
    TreeSet<String> limits = new TreeSet<>();
    limits(ServerLimits.class, "").forEach(limits::add);
    limits(ClientShares.class, "").forEach(limits::add);
    limits(CourtesyLimits.class, "courtesy.").forEach(limits::add);
    assertThat(tests().keySet()).isEqualTo(limits);
    for (Map.Entry<String, String> test : tests().entrySet()) {
      List<String> name = List.of(test.getValue().split("#", -1));
      assertThat(Class.forName("io.ferrynfs.server." + name.getFirst()).getDeclaredMethods())
          .as(test.getKey())
          .anyMatch(method -> method.getName().equals(name.getLast()));
    }
  }
}
