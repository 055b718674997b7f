# Removes a folder when the JVM that uses it has died: see watchdog.sh for the pipe.
#
# usage: sh -c "$this" scratch FOLDER
#
# Servers in the folder die at the same time and may still write: hence the repeated attempts.
trap '' HUP INT QUIT TERM
read -r nothing
tenths=100
while [ -e "$1" ] && [ $tenths -gt 0 ]; do
  rm -rf -- "$1" 2>/dev/null
  [ -e "$1" ] && sleep 0.1
  tenths=$((tenths - 1))
done
