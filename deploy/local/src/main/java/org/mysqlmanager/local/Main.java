package org.mysqlmanager.local;

import java.util.List;
import org.mysqlmanager.local.cli.LocalCommand;

/** The command {@code ./mm local}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        LocalCommand.run(
            RepositoryRoot.find().resolve(".local"), List.of(arguments), System.out, System.err));
  }
}
