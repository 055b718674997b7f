# Runs a command so that it cannot outlive the JVM that started it.
#
# usage: sh -c "$this" watchdog SIGNAL SECONDS COMMAND ARGUMENT...
#
# Standard input is a pipe that only the JVM holds open: the kernel closes it when the JVM dies,
# however it dies. A detached shell waits for that, sends SIGNAL, and after SECONDS kills what is
# left of the command's whole family. This shell itself becomes the command (exec), so that the
# JVM sees the command's own process id and exit status.
signal=$1
seconds=$2
shift 2
exec 3<&0 </dev/null

# look PID: sets parent and born (start time, which tells a process from a later one of its id).
look() {
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${stat##*) }
  case $1 in Z | X) return 1 ;; esac
  parent=$2
  shift 19
  born=$1
}

# Sets family to "PID:BORN ..." of the command and all its descendants.
gather() {
  family=" $root:$root_born "
  grown=yes
  while [ $grown = yes ]; do
    grown=no
    for entry in /proc/[0-9]*; do
      pid=${entry#/proc/}
      look "$pid" || continue
      case $family in *" $pid:$born "*) continue ;; esac
      case $family in *" $parent:"*) family="$family$pid:$born " grown=yes ;; esac
    done
  done
}

root=$$
look $root || exit 1
root_born=$born

watch() {
  trap '' HUP INT QUIT TERM
  read -r nothing <&3
  look $root && [ "$born" = "$root_born" ] || exit 0
  gather
  for member in $family; do kill -CONT "${member%:*}"; done
  kill "-$signal" $root
  tenths=$((seconds * 10))
  while [ $tenths -gt 0 ] && look $root && [ "$born" = "$root_born" ]; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  for member in $family; do
    look "${member%:*}" && [ "$born" = "${member#*:}" ] && kill -KILL "${member%:*}"
  done
}

# Detached by a second fork: the command must not find a child that it did not start.
# By exec, since a redirected call keeps a copy of the old output open, and its reader waiting.
(
  (
    exec </dev/null >/dev/null 2>&1
    watch
  ) &
)
exec "$@" 3<&-
