package org.mysqlmanager.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Has a task that does not exist answered with a sentence: Dropwizard's servlet gives a status and
 * nothing else.
 */
public final class TaskErrors extends HttpFilter {
  private static final long serialVersionUID = 1;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    if (!response.isCommitted() && HttpStatus.isClientError(response.getStatus())) {
      response.sendError(response.getStatus());
    }
  }
}
