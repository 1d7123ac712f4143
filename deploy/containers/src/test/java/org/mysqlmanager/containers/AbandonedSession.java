package org.mysqlmanager.containers;

/**
 * A test JVM that starts a container in a network, says so, and does nothing until it is killed.
 */
final class AbandonedSession {
  private AbandonedSession() {}

  public static void main(String[] arguments) throws InterruptedException {
    Node node =
        new Node("abandoned", Images.MYSQL)
            .entrypoint("sleep")
            .command("infinity")
            .joins(new Network("abandoned"));
    node.launch();
    System.out.println("session " + Session.label());
    Thread.sleep(Long.MAX_VALUE);
  }
}
