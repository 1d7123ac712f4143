package org.mysqlmanager.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Clients that write through the proxies, one commit after the other. */
final class Clients {
  private static final int CLIENTS = 2;
  private static final long LONGEST_WAIT = Times.seconds(2);

  private final World world;
  private boolean stopped;

  Clients(World world) {
    this.world = world;
  }

  void start() {
    for (int i = 0; i < CLIENTS; i++) {
      Client client = new Client(i);
      client.soon();
    }
    world.clients(this);
  }

  /** No client begins anything any more. */
  void stop() {
    stopped = true;
  }

  /** It is nowhere in the network's way: only what lies behind the proxy fails. */
  private final class Client {
    private final int index;
    private @Nullable ClientSession session;
    private long waitingSince = -1;
    private long request;

    Client(int index) {
      this.index = index;
    }

    void soon() {
      world
          .scheduler()
          .after(world.chance().nextLong(Times.millis(100), Times.millis(500)), this::act);
    }

    private void act() {
      if (stopped) {
        return;
      }
      soon();
      ClientSession current = session;
      if (current == null || !current.proxy().lets(current) || !current.session().alive) {
        drop();
        connect();
      } else if (waitingSince >= 0) {
        if (world.scheduler().now() - waitingSince > LONGEST_WAIT) {
          // What became of it, nobody knows.
          drop();
        }
      } else {
        write(current);
      }
    }

    private void drop() {
      ClientSession current = session;
      session = null;
      waitingSince = -1;
      request++;
      if (current != null) {
        current.proxy().closed(current);
        SimServer server = current.server();
        if (!world.network().isCut(current.proxy(), server)) {
          server.run(() -> server.end(current.session()));
        }
      }
    }

    private void connect() {
      List<SimProxy> proxies = List.copyOf(world.proxies().values());
      SimProxy proxy = proxies.get(index % proxies.size());
      if (!proxy.isRunning()) {
        return;
      }
      proxy
          .writer()
          .map(world::server)
          .filter(server -> server.isRunning() && !world.network().isCut(proxy, server))
          .ifPresent(server -> {
            ClientSession made = new ClientSession(proxy, server, server.connect(true, 0));
            proxy.opened(made);
            session = made;
          });
    }

    private void write(ClientSession through) {
      waitingSince = world.scheduler().now();
      long mine = ++request;
      SimProxy proxy = through.proxy();
      SimServer server = through.server();
      proxy.run(() -> {
        if (!proxy.lets(through) || world.network().isCut(proxy, server)) {
          return;
        }
        world
            .scheduler()
            .after(
                world.network().latency(proxy, server),
                () -> {
                  if (!world.network().isCut(proxy, server)) {
                    server.run(() -> commit(through, mine));
                  }
                });
      });
    }

    private void commit(ClientSession through, long mine) {
      SimProxy proxy = through.proxy();
      SimServer server = through.server();
      Tx tx;
      try {
        tx = server.commit(through.session());
      } catch (Failure _) {
        refused(through);
        return;
      }
      world
          .scheduler()
          .after(
              world.network().latency(proxy, server),
              () -> {
                boolean arrives =
                    through.session().alive
                        && !server.isDead()
                        && !world.network().isCut(proxy, server);
                if (arrives) {
                  proxy.run(() -> acknowledged(through, tx, mine));
                }
              });
    }

    private void refused(ClientSession through) {
      if (session == through) {
        drop();
      }
    }

    private void acknowledged(ClientSession through, Tx tx, long mine) {
      if (session == through && request == mine) {
        waitingSince = -1;
        world.invariants().onAcknowledged(tx);
      }
    }
  }
}
