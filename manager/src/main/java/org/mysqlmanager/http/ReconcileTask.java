package org.mysqlmanager.http;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.reconcile.ManagerStatus;

/** {@code POST /tasks/reconcile}: looks at every cluster at once instead of at the next check. */
public final class ReconcileTask extends Task {
  private final ManagerStatus manager;

  public ReconcileTask(ManagerStatus manager) {
    super("reconcile");
    this.manager = manager;
  }

  @Override
  public void execute(Map<String, List<String>> parameters, PrintWriter output) {
    manager.reconcileNow();
    output.println(
        manager.leadingEpoch().isPresent()
            ? "A round of every cluster has been started."
            : "A look at every cluster has been started; only the leader (%s) changes anything."
                .formatted(manager.leaderId().orElse("not known at present")));
  }
}
