# Runs one program, and sees to it that the program does not outlive the one who asked for it.
#
#   setsid sh supervisor.sh RESTART_STATUS LOG COMMAND [ARGUMENT...]
#
# Standard input is a pipe whose other end only the launcher holds, and on which nothing is ever written. When it
# closes, the launcher is done with the program or is dead, however it died: the whole process group is killed, this
# script with it. SIGKILL also ends processes that are stopped (SIGSTOP), which SIGTERM does not.
#
# Standard output tells the launcher: "pid N" for each start of the program, "exit STATUS" when it is over. A program that
# ends with RESTART_STATUS is started again: mysqld asks for it in that way after CLONE and RESTART (status 16).
#
# It must lead a session of its own (setsid): then neither Ctrl-C nor the end of the terminal reaches the program, and
# "kill 0" reaches nothing else.
restart_status=$1
log=$2
shift 2
exec 3<&0 </dev/null 2>>"$log"

# "read" and not "cat": a built-in has no process of its own that could be killed without us.
( while read -r _; do :; done; kill -KILL 0 ) <&3 3<&- >/dev/null &
exec 3<&-

# mysqld asks for a restart only of a parent that is named here; else CLONE and RESTART end it for good or are refused.
export MYSQLD_PARENT_PID=$$
while :; do
  "$@" >>"$log" 2>&1 &
  echo "pid $!"
  wait "$!"
  status=$?
  [ "$status" = "$restart_status" ] || break
done
echo "exit $status"
exit "$status"
