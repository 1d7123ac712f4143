package org.mysqlmanager.sim;

/** A deliberate fault in what is simulated around the real loop; see {@link PlantedBugs}. */
enum Bug {
  STORE_WITHOUT_EPOCH_CHECK,
  STORE_WITHOUT_VERSION_CHECK,
  PERMIT_NEVER_CHECKED_AGAIN,
  EPOCH_SESSIONS_LEFT_OUT,
  OPENED_AFTER_ITS_DEADLINE,
  PROMOTED_WITHOUT_LOOKING
}
