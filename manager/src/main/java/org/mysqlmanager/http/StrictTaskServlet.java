package org.mysqlmanager.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.servlets.tasks.Task;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a task whose parameters may be wrong: where Dropwizard's servlet for tasks answers with
 * status 500, this one answers with 400 and the task's sentence.
 */
public final class StrictTaskServlet extends HttpServlet {
  private static final long serialVersionUID = 1;

  private final transient Task task;

  /**
   * @param task throws an {@link IllegalArgumentException} with a sentence for its user
   */
  public StrictTaskServlet(Task task) {
    this.task = task;
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    request.getParameterMap().forEach((name, values) -> parameters.put(name, List.of(values)));
    StringWriter output = new StringWriter();
    try {
      task.execute(parameters, new PrintWriter(output));
      response.setContentType("text/plain;charset=utf-8");
      response.getWriter().write(output.toString());
    } catch (IllegalArgumentException e) {
      response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
      response.setContentType("application/json");
      response
          .getWriter()
          .write(JsonNodeFactory.instance.objectNode().put("error", e.getMessage()).toString());
    } catch (Exception e) {
      throw new IOException("the task %s failed".formatted(task.getName()), e);
    }
  }
}
