package org.mysqlmanager.store;

import java.util.Optional;
import org.mysqlmanager.model.Epoch;
import org.mysqlmanager.reconcile.Leadership;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.zk.LeaderElection;
import org.mysqlmanager.zk.LeaderTerm;
import org.mysqlmanager.zk.ZkClient;

/** Leadership by election in ZooKeeper. Thread-safe. */
public final class ZooKeeperLeadership implements Leadership {
  private final ZkClient client;
  private final LeaderElection election;

  public ZooKeeperLeadership(ZkClient client, LeaderElection election) {
    this.client = client;
    this.election = election;
  }

  @Override
  public Optional<Permit> permit() {
    return election.currentTerm().map(term -> new TermPermit(election, term));
  }

  @Override
  public Optional<String> leaderId() {
    return election.leaderId();
  }

  @Override
  public boolean isConnected() {
    return client.isConnected();
  }

  @Override
  public void resign() {
    election.resign();
  }

  @Override
  public void onChange(Runnable listener) {
    election.addListener(listener);
    client.onChange(listener);
  }

  private record TermPermit(LeaderElection election, LeaderTerm term) implements Permit {
    @Override
    public Epoch epoch() {
      return new Epoch(term.epoch());
    }

    @Override
    public boolean isValid() {
      return election.isSafe(term);
    }
  }
}
