package org.mysqlmanager.http;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.mysqlmanager.reconcile.ManagerStatus;

/**
 * {@code GET /ready} on the admin port: whether this manager takes part, which is to say that
 * ZooKeeper answers it and it knows who leads. Other than {@code /healthcheck} it says nothing of
 * MySQL: a cluster that is down must not stop a rollout that may be its cure. Other than {@code
 * /ping} it fails a manager that was given a wrong address or password of ZooKeeper, so that a
 * rollout stops there.
 */
public final class ReadyServlet extends HttpServlet {
  private static final long serialVersionUID = 1;

  private final transient ManagerStatus manager;

  public ReadyServlet(ManagerStatus manager) {
    this.manager = manager;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean ready = manager.isZooKeeperConnected() && manager.leaderId().isPresent();
    String sentence =
        ready
            ? "ready"
            : manager.isZooKeeperConnected()
                ? "no manager is known to lead"
                : "ZooKeeper does not answer";
    response.setStatus(
        ready ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setContentType("text/plain;charset=utf-8");
    response.setHeader("Cache-Control", "must-revalidate,no-cache,no-store");
    response.getOutputStream().write((sentence + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
