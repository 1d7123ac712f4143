package org.mysqlmanager.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.local.install.ProxyDistribution;

/** One HAProxy. */
record HaproxyProxy(String name, Path folder, NamedPorts ports, ProxyDistribution distribution)
    implements Proxy {

  @Override
  public Path log() {
    return folder.resolve("haproxy.log");
  }

  @Override
  public void prepare() {
    Path lua = folder.resolve("wait-for-server.lua");
    LocalFiles.write(lua, Template.read("haproxy/wait-for-server.lua"));
    LocalFiles.write(
        folder.resolve("haproxy.cfg"),
        Template.fill(
            "haproxy/haproxy.cfg",
            Map.of(
                "lua", lua.toString(),
                "host", Probe.LOOPBACK,
                "admin_port", String.valueOf(listeningPort(ADMIN)),
                "writer_port", String.valueOf(listeningPort(WRITER)),
                "reader_port", String.valueOf(listeningPort(READER)))));
  }

  @Override
  public List<String> command() {
    List<String> command = new ArrayList<>(distribution.command());
    command.addAll(List.of("-db", "-f", folder.resolve("haproxy.cfg").toString()));
    return command;
  }

  @Override
  public boolean isReady() {
    return Probe.ask(listeningPort(ADMIN), "show info\n").contains("Uptime_sec");
  }
}
