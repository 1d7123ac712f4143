package org.mysqlmanager.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One member of the ZooKeeper ensemble, or the only one.
 *
 * @param members the ports of all members, in the order of their ids, which begin with 1
 */
record ZookeeperNode(
    String name, Path folder, int id, NamedPorts ports, List<NamedPorts> members, JavaRuntime java)
    implements Program {

  /** The ports of a member: for clients, for its followers, for elections. */
  static final String CLIENT = "client";

  static final String PEER = "peer";
  static final String ELECTION = "election";

  /**
   * The lines that name the members: the others as they are known, itself with the ports that it is
   * to listen on, for which ZooKeeper has no setting of their own.
   */
  private String memberLines() {
    StringBuilder lines = new StringBuilder();
    for (int member = 1; member <= members.size(); member++) {
      NamedPorts its = members.get(member - 1);
      lines.append(
          "server.%d=%s:%d:%d%n"
              .formatted(
                  member,
                  Probe.LOOPBACK,
                  member == id ? its.listening(PEER) : its.of(PEER),
                  member == id ? its.listening(ELECTION) : its.of(ELECTION)));
    }
    return lines.toString();
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
                "port", String.valueOf(ports.listening(CLIENT)),
                "members", members.size() < 2 ? "" : memberLines())));
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
    return Probe.ask(ports.listening(CLIENT), "ruok").contains("imok");
  }

  /** Whether it serves clients, which a member does only while it sees a majority. */
  boolean isServing() {
    return Probe.ask(ports.listening(CLIENT), "srvr").contains("Mode: ");
  }
}
