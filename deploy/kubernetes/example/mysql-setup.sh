#!/usr/bin/env bash
# The last part of a MySQL container's first start: the image runs, or sources, what is in /docker-entrypoint-initdb.d.
(
  set -euo pipefail

  # In a string of SQL each backslash and each quote is written twice; in a file of options the client undoes \\ and \".
  sql_text() {
    local text=$1
    text=${text//\\/\\\\}
    printf '%s' "${text//\'/\'\'}"
  }
  option_text() {
    local text=$1
    text=${text//\\/\\\\}
    printf '%s' "${text//\"/\\\"}"
  }

  socket=
  for candidate in "${SOCKET:-}" /tmp/init.sock /var/run/mysqld/mysqld.sock; do
    if [[ -S $candidate ]]; then
      socket=$candidate
      break
    fi
  done
  [[ -n $socket ]] || { echo "mysql-setup: no socket of a running mysqld" >&2; exit 1; }

  # Neither password is on a command line, where every process on the machine could read it.
  run() {
    mysql --defaults-extra-file=<(printf '[client]\npassword="%s"\n' "$(option_text "${MYSQL_ROOT_PASSWORD:-}")") \
      --user=root --socket="$socket" --default-character-set=utf8mb4 --batch
  }

  # ${...} in a file replaced by the values; the values are taken as they are.
  filled() {
    local text
    text=$(<"$1")
    text=${text//'${MANAGER_USER}'/mm_manager}
    text=${text//'${APPLICATION_DATABASE}'/app}
    printf '%s\n' "${text//'${MANAGER_PASSWORD}'/"$password"}"
  }

  password=$(sql_text "$(</run/secrets/manager_password)")
  {
    filled /etc/mysql-manager/manager-account.sql
    # Whatever the image has logged up to here, each server has done by itself.
    echo "RESET BINARY LOGS AND GTIDS;"
    # From the next start on, which is the first one that anybody can connect to.
    echo "SET PERSIST_ONLY super_read_only = ON;"
  } | run
)
