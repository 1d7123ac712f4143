package org.mysqlmanager.local.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.mysqlmanager.local.install.MysqlDistribution;
import org.mysqlmanager.local.install.ProxyDistribution;

/**
 * What a soak runs with.
 *
 * @param seed of the sequence of faults
 * @param duration how long there are faults; what follows comes on top
 * @param folder of the system, its logs and the report; new
 * @param managerJar the managers' program
 */
public record SoakSettings(
    long seed,
    Duration duration,
    int servers,
    Duration checkInterval,
    MysqlDistribution mysql,
    List<ProxyDistribution> proxies,
    Path managerJar,
    Path folder) {
  public SoakSettings {
    proxies = List.copyOf(proxies);
  }
}
