package org.mysqlmanager.proxysql;

import java.util.List;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.reconcile.Permit;
import org.mysqlmanager.reconcile.StepResult;

/** The statements of one change, each sent only while the permit is valid. */
final class Statements {
  /** Ends a change early, with its result. */
  static final class Halted extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient StepResult result;

    Halted(StepResult result) {
      super(result.toString());
      this.result = result;
    }

    StepResult result() {
      return result;
    }
  }

  private final AdminSession session;
  private final Permit permit;
  private final Deadline deadline;

  Statements(AdminSession session, Permit permit, Deadline deadline) {
    this.session = session;
    this.permit = permit;
    this.deadline = deadline;
  }

  void change(String sql) throws AdminFailure, Halted {
    if (!permit.isValid()) {
      throw new Halted(new StepResult.Refused());
    }
    session.run(sql, deadline);
  }

  List<Row> read(String sql) throws AdminFailure {
    return session.run(sql, deadline);
  }

  Deadline deadline() {
    return deadline;
  }
}
