package io.ferrynfs.cli.admin;

import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.ServerNotFoundException;
import io.ferrynfs.client.NfsUrl;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.env.Env;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the server of a URL on this machine. */
public final class AdminLookup {
  private AdminLookup() {}

  /**
   * Connects to the server.
   *
   * @param url the server; the path is ignored
   * @param folders the folders in which its socket may be
   * @throws IllegalArgumentException if the URL names another machine
   * @throws ServerNotFoundException if no server answers
   */
  public static AdminClient connect(Env env, NfsUrl url, List<AdminFolder> folders)
      throws IOException {
    List<String> reasons = new ArrayList<>();
    Set<InetSocketAddress> addresses = addresses(url);
    for (AdminFolder folder : folders) {
      for (InetSocketAddress address : addresses) {
        AdminClient client = connect(env, folder, address, reasons);
        if (client != null) {
          return client;
        }
      }
    }
    throw new ServerNotFoundException(notFound(url, folders, reasons));
  }

  private static @Nullable AdminClient connect(
      Env env, AdminFolder folder, InetSocketAddress address, List<String> reasons)
      throws IOException {
    Path socket = folder.socket(address);
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    try {
      folder.check();
      return AdminClient.connect(env, socket);
    } catch (RpcException e) {
      boolean isStale = e.getCause() instanceof ConnectException;
      reasons.add(
          socket + (isStale ? " is the stale socket of a stopped server" : " does not accept"));
    } catch (IOException e) {
      reasons.add(String.valueOf(e.getMessage()));
    }
    return null;
  }

  private static String notFound(NfsUrl url, List<AdminFolder> folders, List<String> reasons) {
    StringBuilder text = new StringBuilder("no ferry serve of ");
    text.append(Machine.uid() == 0 ? "this machine" : "yours");
    text.append(" answers at ").append(url.host()).append(" port ").append(url.port());
    reasons.forEach(reason -> text.append("; ").append(reason));
    text.append("; searched for its socket in ");
    text.append(
        folders.stream().map(folder -> folder.path().toString()).collect(Collectors.joining(", ")));
    text.append(" (--admin DIR names another folder)");
    if (Machine.uid() != 0) {
      text.append("; for another user's server, ask as that user or as root");
    }
    return text.toString();
  }

  /**
   * Returns the local addresses of the URL, and last the wildcard addresses, on which the server
   * may listen.
   */
  private static Set<InetSocketAddress> addresses(NfsUrl url) throws IOException {
    Set<InetSocketAddress> own = new LinkedHashSet<>();
    for (InetAddress address : resolve(url.host())) {
      if (isOfThisMachine(address)) {
        own.add(new InetSocketAddress(address, url.port()));
      }
    }
    if (own.isEmpty()) {
      throw new IllegalArgumentException(
          url.host()
              + " is another machine, and a server is administered on its own machine only;"
              + " run this there");
    }
    own.add(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), url.port()));
    own.add(new InetSocketAddress(InetAddress.getByAddress(new byte[16]), url.port()));
    return own;
  }

  private static InetAddress[] resolve(String host) throws ServerNotFoundException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new ServerNotFoundException("no such host: " + host);
    }
  }

  private static boolean isOfThisMachine(InetAddress address) throws IOException {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || NetworkInterface.getByInetAddress(address) != null;
  }
}
