package org.mysqlmanager.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One member of the ZooKeeper ensemble, or the only one. */
record ZookeeperNode(
    String name, Path folder, int id, NamedPorts ports, List<String> members, JavaRuntime java)
    implements Program {

  /** The ports of a member: for clients, for its followers, for elections. */
  static final String CLIENT = "client";

  static final String PEER = "peer";
  static final String ELECTION = "election";

  /** The line that names a member to all of the ensemble. */
  static String member(int id, NamedPorts ports) {
    return "server.%d=%s:%d:%d".formatted(id, Probe.LOOPBACK, ports.of(PEER), ports.of(ELECTION));
  }

  @Override
  public Path log() {
    return folder.resolve("zookeeper.log");
  }

  @Override
  public void prepare() {
    LocalFiles.write(folder.resolve("data/myid"), id + "\n");
    LocalFiles.write(folder.resolve("logback.xml"), Template.read("zookeeper/logback.xml"));
    LocalFiles.write(
        folder.resolve("zoo.cfg"),
        Template.fill(
            "zookeeper/zoo.cfg",
            Map.of(
                "data", folder.resolve("data").toString(),
                "port", String.valueOf(ports.of(CLIENT)),
                "members", members.size() < 2 ? "" : String.join("\n", members))));
  }

  @Override
  public List<String> command() {
    return java.command(
        List.of(
            "-XX:+UseSerialGC",
            "-Xms16m",
            "-Xmx64m",
            "-Xss256k",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Dzookeeper.preAllocSize=1024",
            "-Dlogback.configurationFile=" + folder.resolve("logback.xml")),
        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
        folder.resolve("zoo.cfg").toString());
  }

  @Override
  public boolean isReady() {
    return Probe.ask(ports.of(CLIENT), "ruok").contains("imok");
  }

  /** Whether it serves clients, which a member does only while it sees a majority. */
  boolean isServing() {
    return Probe.ask(ports.of(CLIENT), "srvr").contains("Mode: ");
  }
}
