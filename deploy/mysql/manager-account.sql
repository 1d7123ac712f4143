-- The manager's account on a MySQL server (8.0.22 to 9.x), with the privileges that it needs and no others. Run this as root
-- on each server before the manager starts, with the client or as mysqld's init_file. It can be run again: it sets the password
-- and adds what is missing. What an account lacks for its cluster's configuration, the manager says in its log and status.
--
-- To be filled in: user and password of the manager, and the application's database. In user and password, write each backslash
-- and each single quote twice; in the database's name, \_ for each underscore (but with partial_revokes=ON as it is). '%' may be
-- narrowed to the hosts of the managers: the same in each line and on all servers.
--
-- The account cannot read, change or drop what is in other databases, change accounts that have SYSTEM_USER (root has it), read
-- passwords' hashes, or touch files. That it can follow and clone any server and read binary logs is what it is for: keep its
-- password as you keep root's.

-- Not into the binary log, as a replica must have no transactions of its own. On a server that is super_read_only, precede this
-- with SET GLOBAL super_read_only = OFF, and set it ON again at the end.
SET SESSION sql_log_bin = 0;

-- Its password does not expire with the server's default_password_lifetime (the managers would be locked out of all servers at
-- once), and can be set again to what it is, whatever password_history says.
CREATE USER IF NOT EXISTS '${MANAGER_USER}'@'%' IDENTIFIED WITH caching_sha2_password BY '${MANAGER_PASSWORD}'
  PASSWORD EXPIRE NEVER PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY;
ALTER USER '${MANAGER_USER}'@'%' IDENTIFIED WITH caching_sha2_password BY '${MANAGER_PASSWORD}'
  PASSWORD EXPIRE NEVER PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY;

-- 1. To look at a server.
--    REPLICATION CLIENT: SHOW REPLICA STATUS. performance_schema: heartbeats, progress of clones, commits that wait for a lock, the
--    sessions of deposed leaders. SHOW VIEW: that there are tables at all, as an empty server is set up and one with data is left
--    alone; it reads no row.
GRANT REPLICATION CLIENT, SHOW VIEW ON *.* TO '${MANAGER_USER}'@'%';
GRANT SELECT ON performance_schema.* TO '${MANAGER_USER}'@'%';

-- 2. To open, close and promote it and to let it follow another.
--    SYSTEM_VARIABLES_ADMIN: read_only, super_read_only, replica_net_timeout, clone_valid_donor_list, sql_log_bin, and before
--    8.0.26 event_scheduler. REPLICATION_SLAVE_ADMIN: CHANGE REPLICATION SOURCE, START and STOP REPLICA. RELOAD: RESET REPLICA, and
--    FLUSH BINARY LOGS in the event of 7.
GRANT SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN ON *.* TO '${MANAGER_USER}'@'%';
GRANT RELOAD ON *.* TO '${MANAGER_USER}'@'%';

-- 3. To end clients' sessions on an old source.
--    PROCESS: to see them. CONNECTION_ADMIN: to end them, and to be the one that is let in beyond max_connections. Sessions of
--    accounts that have SYSTEM_USER stay: they cannot write either, but one that holds a table lock keeps the server from being
--    closed. To have them ended, grant SYSTEM_USER too; the manager's account can then change root's.
GRANT PROCESS ON *.* TO '${MANAGER_USER}'@'%';
GRANT CONNECTION_ADMIN ON *.* TO '${MANAGER_USER}'@'%';

-- 4. To bring a server back whose data differs.
--    REPLICATION SLAVE: to save from its binary logs the transactions that nobody else has. CLONE_ADMIN: CLONE INSTANCE.
--    mysql.plugin: INSTALL PLUGIN clone; leave it out if all servers load the plugin by themselves (plugin_load_add).
GRANT REPLICATION SLAVE ON *.* TO '${MANAGER_USER}'@'%';
GRANT CLONE_ADMIN ON *.* TO '${MANAGER_USER}'@'%';
GRANT INSERT ON mysql.plugin TO '${MANAGER_USER}'@'%';

-- 5. With admin_port: to be let in there.
GRANT SERVICE_CONNECTION_ADMIN ON *.* TO '${MANAGER_USER}'@'%';

-- 6. For setup.replication_user, monitor_user, application_user: to create these accounts and grant them what they need, and to
--    see what is there already. An account can pass on only what it has. Leave out what you switch off; without the first two of
--    the setup, the GRANT OPTION is needed on the application's database only.
GRANT CREATE USER ON *.* TO '${MANAGER_USER}'@'%';
GRANT REPLICATION SLAVE, BACKUP_ADMIN, REPLICATION CLIENT ON *.* TO '${MANAGER_USER}'@'%' WITH GRANT OPTION;
GRANT SELECT (User, Host, Select_priv, Insert_priv, Update_priv, Delete_priv, Create_priv, Drop_priv, Reload_priv, Shutdown_priv,
  Process_priv, File_priv, Grant_priv, References_priv, Index_priv, Alter_priv, Show_db_priv, Super_priv, Create_tmp_table_priv,
  Lock_tables_priv, Execute_priv, Repl_slave_priv, Repl_client_priv, Create_view_priv, Show_view_priv, Create_routine_priv,
  Alter_routine_priv, Create_user_priv, Event_priv, Trigger_priv, Create_tablespace_priv, Create_role_priv, Drop_role_priv)
  ON mysql.user TO '${MANAGER_USER}'@'%';
GRANT SELECT ON mysql.db TO '${MANAGER_USER}'@'%';
GRANT SELECT ON mysql.tables_priv TO '${MANAGER_USER}'@'%';
GRANT SELECT ON mysql.procs_priv TO '${MANAGER_USER}'@'%';
GRANT SELECT ON mysql.proxies_priv TO '${MANAGER_USER}'@'%';
GRANT SELECT ON mysql.global_grants TO '${MANAGER_USER}'@'%';
GRANT SELECT ON mysql.role_edges TO '${MANAGER_USER}'@'%';
--    The application's account gets these in its own database, and SHOW VIEW. Of all that there is to be granted there, EVENT is
--    left out, as MySQL disables events on replicas and after a failover nobody would enable them, and GRANT OPTION.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE,
  CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, TRIGGER ON `${APPLICATION_DATABASE}`.* TO '${MANAGER_USER}'@'%';

-- 7. For setup.flush_binary_logs_event: CREATE and EVENT. For write_probe: CREATE, SELECT, INSERT and UPDATE of one row.
GRANT CREATE, EVENT, SELECT, INSERT, UPDATE ON mysql_manager.* TO '${MANAGER_USER}'@'%';

SET SESSION sql_log_bin = 1;
