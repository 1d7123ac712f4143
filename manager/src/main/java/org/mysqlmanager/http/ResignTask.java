package org.mysqlmanager.http;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.mysqlmanager.reconcile.ManagerStatus;

/** {@code POST /tasks/resign}: hands leadership over to another manager. */
public final class ResignTask extends Task {
  private final ManagerStatus manager;

  public ResignTask(ManagerStatus manager) {
    super("resign");
    this.manager = manager;
  }

  @Override
  public void execute(Map<String, List<String>> parameters, PrintWriter output) {
    if (manager.leadingEpoch().isEmpty()) {
      output.println(
          "This manager (%s) does not lead; the leader is %s. Nothing was done."
              .formatted(manager.managerId(), manager.leaderId().orElse("not known at present")));
      return;
    }
    manager.resign();
    output.println(
        "This manager (%s) has given up leadership; another takes over, or this one again if there is no other."
            .formatted(manager.managerId()));
  }
}
