/** The ferry command. */
module io.ferrynfs.cli {
  requires io.ferrynfs.client;
  requires io.ferrynfs.server;
  requires io.ferrynfs.storage.linux;
  requires com.fasterxml.jackson.core;
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires info.picocli;
  requires jdk.security.auth;
  requires org.tomlj;
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;

  opens io.ferrynfs.cli to
      info.picocli;
}
